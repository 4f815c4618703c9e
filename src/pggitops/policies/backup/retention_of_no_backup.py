"""A retention of differential backups where none are made.

## Why

`repoN-retention-diff` counts differential backups. Without a schedule for them it keeps nothing and removes nothing;
incremental backups stay until their full one expires, and the repository grows larger than somebody planned.

## How to fix

Add a differential schedule, or remove `retention.differential`.
"""

from collections.abc import Iterator

from pggitops.findings import Severity, Violation
from pggitops.model import Cluster
from pggitops.policies import Facts

severity = Severity.INFO


def check_cluster(facts: Facts, cluster: Cluster) -> Iterator[Violation]:
    for repo in cluster.backups.ordered:
        own = repo.schedules
        if repo.retention.differential is not None and own.full and not own.differential:
            path = ("clusters", cluster.name, "backups", "repos", repo.name, "retention", "differential")
            message = f"{repo.name} keeps {repo.retention.differential} differential backups and makes none"
            yield Violation(message, "Schedule them, or remove this.", path)
