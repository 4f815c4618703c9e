"""A parameter takes archiving or recovery away from pgBackRest.

## Why

The operator archives by `archive_command`. Where `archive_library` is set too, PostgreSQL 15 uses the library and 16
and later refuse to archive at all (PostgreSQL manual, `archive_library`). A `restore_command` of one's own replaces
pgBackRest's (`internal/pgbackrest/postgres.go`): restores, standbys and replicas that fell behind find no WAL.

## How to fix

Remove it. Where and how WAL is archived is under `backups`.
"""

from collections.abc import Iterator

from pggitops import parameters
from pggitops.findings import Severity, Violation
from pggitops.model import Cluster
from pggitops.policies import Facts

severity = Severity.ERROR
about = {"parameters": ("archive_library", "restore_command")}


def check_cluster(facts: Facts, cluster: Cluster) -> Iterator[Violation]:
    name, resource = facts.resource(cluster)
    own = parameters.of(resource.document)
    if own.get("archive_library"):
        message = f"archive_library: {own['archive_library']} keeps pgBackRest from archiving"
        yield Violation(message, "Remove it.", (*parameters.AT, "archive_library"), manifest=name)
    command = own.get("restore_command")
    if command and "pgbackrest" not in str(command):
        message = "this restore_command finds nothing of what pgBackRest archives"
        yield Violation(message, "Remove it.", (*parameters.AT, "restore_command"), manifest=name)
