"""A standby has schedules for backups.

## Why

pgBackRest makes backups of a primary only; it finds none in a standby cluster, and every night leaves a failed
PerconaPGBackup. Into the repository that the standby reads it must not write at all.

## How to fix

Write `schedules: null` for its repositories while it follows, and the schedules back with the promotion.
"""

from collections.abc import Iterator

from pggitops.findings import Severity, Violation
from pggitops.model import Cluster
from pggitops.policies import Facts
from pggitops.retention import schedules

severity = Severity.WARNING
about = {"words": ("standby",)}


def check_cluster(facts: Facts, cluster: Cluster) -> Iterator[Violation]:
    if cluster.standby is None or not cluster.standby.enabled:
        return
    for repo in cluster.backups.ordered:
        kinds = [kind for kind, _, _ in schedules(repo)]
        if kinds:
            path = ("clusters", cluster.name, "backups", "repos", repo.name, "schedules")
            message = f"{repo.name} of a standby has schedules ({', '.join(kinds)}); each of these backups fails"
            yield Violation(message, "Write `schedules: null` until it is promoted.", path)
