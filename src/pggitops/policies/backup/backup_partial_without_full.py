"""A repository gets differential or incremental backups on schedule, and full ones never.

## Why

Repositories know nothing of each other: a partial backup hangs on the last full one of its own repository. Without one
pgBackRest makes it, once; from then on every differential backup grows with the distance to it, and nothing ever
expires, since retention counts full backups.

## How to fix

Add a full schedule to the same repository, `schedules: {full: 17 1 * * 0}`, or remove the partial one there.
"""

from collections.abc import Iterator

from pggitops.findings import Severity, Violation
from pggitops.model import Cluster
from pggitops.policies import Facts

severity = Severity.WARNING


def check_cluster(facts: Facts, cluster: Cluster) -> Iterator[Violation]:
    repos = cluster.backups.ordered
    if not any(repo.schedules.full for repo in repos):
        return
    for repo in repos:
        own = repo.schedules
        if own.full is None and (own.differential or own.incremental):
            kind = "differential" if own.differential else "incremental"
            path = ("clusters", cluster.name, "backups", "repos", repo.name, "schedules", kind)
            message = f"{repo.name} gets {kind} backups and no full one that they could start from anew"
            yield Violation(message, "Add `full: 17 1 * * 0` beside it.", path)
