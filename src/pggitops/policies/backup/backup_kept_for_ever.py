"""A repository keeps every backup for ever.

## Why

pgBackRest has no retention of its own: without one, or with `expire-auto` off, nothing is ever removed, neither backups
nor the write-ahead log. A volume fills up, archiving stops, and then the volume of the database fills up as well;
a bucket only costs more every month.

## How to fix

Say how many full backups stay, or for how many days; what belongs to them goes with them:

    retention: {full: 5}
"""

from collections.abc import Iterator

from pggitops.findings import Severity, Violation
from pggitops.model import Cluster
from pggitops.pgbackrest import options_of
from pggitops.policies import Facts

severity = Severity.ERROR
lenient = Severity.WARNING


def check_cluster(facts: Facts, cluster: Cluster) -> Iterator[Violation]:
    name, manifest = facts.resource(cluster)
    options = options_of(manifest.document)
    for repo in cluster.backups.ordered:
        own = repo.schedules
        if (own.full or own.differential or own.incremental) and f"{repo.name}-retention-full" not in options:
            fix = "Add `retention: {full: 5}` (backups), or `{full: 30d}` (time)."
            path = ("clusters", cluster.name, "backups", "repos", repo.name, "retention")
            yield Violation(f"{repo.name} keeps every backup for ever", fix, path)
    if options.get("expire-auto") == "n":
        at = ("spec", "backups", "pgbackrest", "global", "expire-auto")
        message = "expire-auto is off, and nothing else expires backups: they stay for ever, whatever `retention` says"
        yield Violation(message, "Remove it.", at, manifest=name)
