"""A production cluster may be deleted by the GitOps engine.

## Why

`protected: false` takes the guards off the PerconaPGCluster and its Namespace: from then on a file that is moved, a
folder that is renamed or an Application that is deleted takes the database with it. It is the first of the two changes
that delete a cluster, and meant to stand for days, not for good.

## How to fix

Remove `protected: false`. Where the cluster is to go, permit this by a waiver that expires soon, and remove the cluster
in the next change.
"""

from collections.abc import Iterator

from pggitops.findings import Severity, Violation
from pggitops.model import Cluster, is_lenient
from pggitops.parts.names import is_protected
from pggitops.policies import Facts

severity = Severity.WARNING


def check_cluster(facts: Facts, cluster: Cluster) -> Iterator[Violation]:
    environment = facts.environment
    if is_protected(environment, cluster) or environment.delivery.engine == "none":
        return
    if not is_lenient(environment.tier_of(cluster)):
        message = f"{cluster.name} is not protected: what removes its files removes the database"
        fix = "Remove `protected: false`; where the cluster is to go, waive this until it has gone."
        yield Violation(message, fix, ("clusters", cluster.name, "protected"))
