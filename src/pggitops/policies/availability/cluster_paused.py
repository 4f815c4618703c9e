"""A database is switched off.

## Why

`pause: true` takes all instances and pgBouncers down, and scheduled backups with them. It is for the hours of some
work; what stays in Git afterwards keeps the database off after every sync.

## How to fix

Remove `pause`. Where it is meant to stay off, say so by a waiver with an end.
"""

from collections.abc import Iterator

from pggitops.findings import Severity, Violation
from pggitops.model import Cluster
from pggitops.policies import Facts

severity = Severity.WARNING
lenient = Severity.INFO
about = {"words": ("pause", "patch")}


def check_cluster(facts: Facts, cluster: Cluster) -> Iterator[Violation]:
    name, resource = facts.resource(cluster)
    if resource.document["spec"].get("pause") is True:
        message = f"{cluster.name} is paused: it has no pods and makes no backups"
        yield Violation(message, "Remove `pause` when the work is done.", ("spec", "pause"), manifest=name)
