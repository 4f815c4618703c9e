"""Backups are to be read from a replica, and there is none.

## Why

With `backup-standby: "y"` pgBackRest copies from a replica and fails where it finds none: a cluster of one instance
never has a backup. With "prefer" it takes the primary then.

## How to fix

Write `options: {backup-standby: prefer}`, or add a replica.
"""

from collections.abc import Iterator

from pggitops.findings import Severity, Violation
from pggitops.model import Cluster
from pggitops.pgbackrest import options_of
from pggitops.policies import Facts

severity = Severity.ERROR
about = {"pgbackrest": ("backup-standby",)}


def check_cluster(facts: Facts, cluster: Cluster) -> Iterator[Violation]:
    name, manifest = facts.resource(cluster)
    if options_of(manifest.document).get("backup-standby") != "y":
        return
    count = sum(each.get("replicas", 1) for each in manifest.document["spec"]["instances"])
    if count < 2:
        path = ("spec", "backups", "pgbackrest", "global", "backup-standby")
        message = f"backups are read from a replica, and the cluster has {count} instance: every one fails"
        yield Violation(message, 'Write "prefer".', path, manifest=name)
