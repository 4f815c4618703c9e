"""A patch says where the cluster's data comes from, without an end.

## Why

`dataSource` that is added to a running cluster restores over its data at once, and one that stays does it again after
the next restore (the operator's reconcileDataSource, 3.0.0). The word `bootstrap` has a last day, after which it is an
error; a patch has none. A `dataSource.volumes` alone fails in 2.9 and 3.0 (K8SPG-1119).

## How to fix

Use the word, and remove it once the cluster runs:

    bootstrap: {cluster: payments, repo: repo1, until: 2026-12-01}
"""

from collections.abc import Iterator

from pggitops.findings import Severity, Violation
from pggitops.model import Cluster
from pggitops.policies import Facts

severity = Severity.ERROR
about = {"words": ("patch",)}


def check_cluster(facts: Facts, cluster: Cluster) -> Iterator[Violation]:
    if not cluster.patch or cluster.bootstrap:
        return
    name, manifest = facts.resource(cluster)
    source = manifest.document["spec"].get("dataSource")
    if source:
        path = ("spec", "dataSource", next(iter(source)))
        message = "dataSource in a patch has no end: until somebody removes it, a restore brings the old data back"
        yield Violation(message, "Write `bootstrap` with `until` instead.", path, manifest=name)
