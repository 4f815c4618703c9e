"""The operator is told to leave a database alone, so nothing else in Git has an effect.

## Why

With `unmanaged: true` every other change is accepted and does nothing: no new size, no new user, no healing of what is
deleted. All of it is applied at once on the day it is removed. Later operators make no scheduled backups meanwhile
either (K8SPG-1135).

## How to fix

Take `unmanaged` out of the patch. Where it is needed for some days, say so by a waiver with an end.
"""

from collections.abc import Iterator

from pggitops.findings import Severity, Violation
from pggitops.model import Cluster
from pggitops.policies import Facts

severity = Severity.ERROR
lenient = Severity.WARNING
about = {"words": ("patch",)}


def check_cluster(facts: Facts, cluster: Cluster) -> Iterator[Violation]:
    name, resource = facts.resource(cluster)
    if resource.document["spec"].get("unmanaged") is True:
        message = f"{cluster.name} is unmanaged: the operator applies nothing of what is written here"
        yield Violation(message, "Remove it from the patch.", ("spec", "unmanaged"), manifest=name)
