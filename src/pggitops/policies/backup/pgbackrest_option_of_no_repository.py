"""An option is of a repository that the cluster does not have.

## Why

pgBackRest counts its repositories by the options it finds: `repo2-retention-full` alone makes it look for a second
one at its default path. Expiring then fails, and `repo2-cipher-type` alone breaks every command, archiving too (seen
with pgBackRest 2.45, the code of 2.58 is the same).

## How to fix

Correct the number, or describe the repository in `backups.repos`.
"""

from collections.abc import Iterator

from pggitops import pgbackrest
from pggitops.findings import Severity, Violation
from pggitops.model import Cluster
from pggitops.policies import Facts

severity = Severity.ERROR
about = {"problems": ("pgbackrest",)}


def check_cluster(facts: Facts, cluster: Cluster) -> Iterator[Violation]:
    name, manifest = facts.resource(cluster)
    found: dict[int | None, list[pgbackrest.Problem]] = {}
    for problem in pgbackrest.problems(manifest.document):
        if problem.fault is pgbackrest.Fault.NO_REPOSITORY:
            found.setdefault(pgbackrest.base_name(problem.option)[1], []).append(problem)
    for first, *others in found.values():
        also = f" (here by {', '.join(each.option for each in (first, *others))})" if others else ""
        path = ("spec", "backups", "pgbackrest", "global", first.option)
        yield Violation(first.message + also, first.fix, path, manifest=name)
