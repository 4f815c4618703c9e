"""The write-ahead log of backups that are still kept is removed.

## Why

Left alone, pgBackRest keeps the write-ahead log as long as the backups it belongs to. `repoN-retention-archive` removes
it earlier: the older backups then restore to the moment they ended and to no other. By `diff` or `incr` it can remove
what lies between two full backups (pgBackRest's manual, "Archive retention").

## How to fix

Remove `repoN-retention-archive` and `repoN-retention-archive-type`. Where the log is too large for the repository, keep
fewer full backups.
"""

from collections.abc import Iterator

from pggitops.findings import Severity, Violation
from pggitops.model import Cluster
from pggitops.pgbackrest import options_of
from pggitops.policies import Facts

severity = Severity.WARNING
about = {"pgbackrest": tuple(f"repo{number}-retention-archive" for number in range(1, 5))}


def check_cluster(facts: Facts, cluster: Cluster) -> Iterator[Violation]:
    name, manifest = facts.resource(cluster)
    options = options_of(manifest.document)
    for repo in cluster.backups.repos:
        option = f"{repo}-retention-archive"
        archive, by = options.get(option, ""), options.get(f"{option}-type", "full")
        fulls, counts = options.get(f"{repo}-retention-full", ""), options.get(f"{repo}-retention-full-type", "count")
        if not archive.isdecimal():
            continue
        is_less = counts == "time" or not fulls.isdecimal() or int(archive) < int(fulls)
        if by != "full" or is_less:
            unit = {"full": "full", "diff": "differential", "incr": "incremental"}.get(by, by)
            kept = f"{fulls} {'days' if counts == 'time' else 'full backups'}" if fulls else "all full backups"
            message = f"{repo} keeps {kept}, and the write-ahead log of the last {archive} {unit} ones only"
            path = ("spec", "backups", "pgbackrest", "global", option)
            yield Violation(message, f"Remove {option}: the log then goes with its backups.", path, manifest=name)
