"""A backup schedule never fires, or stops the operator.

## Why

The operator reads schedules itself, as robfig/cron does: five fields, or a word like `@daily`. One it cannot read is
only a line in its log, and there are no backups from then on. `@every 6h` it can read and then panics over, for all
the clusters it looks after (`percona/controller/pgcluster/schedule.go`, 3.0.0).

## How to fix

Write minute, hour, day, month and weekday (0 to 6, or names): `17 1 * * 0` is Sundays at 1:17, in UTC.
"""

from collections.abc import Iterator

from pggitops import pgbackrest
from pggitops.cron import problem
from pggitops.findings import Severity, Violation
from pggitops.model import Cluster
from pggitops.policies import Facts

severity = Severity.ERROR
lenient = Severity.WARNING


def check_cluster(facts: Facts, cluster: Cluster) -> Iterator[Violation]:
    name, manifest = facts.resource(cluster)
    for index, repo in enumerate(pgbackrest.repos_of(manifest.document)):
        for kind, text in (repo.get("schedules") or {}).items():
            reason = problem(text) if text else None
            if reason:
                path = ("spec", "backups", "pgbackrest", "repos", index, "schedules", kind)
                fix = "Write five fields, minute hour day month weekday: `17 1 * * 0`."
                yield Violation(f'the schedule "{text}" never fires: {reason}', fix, path, manifest=name)
