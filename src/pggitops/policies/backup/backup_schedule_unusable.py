"""A backup schedule never fires, or stops the operator.

## Why

The operator reads schedules itself, as robfig/cron does: five fields, or a word like `@daily`. One it cannot read is
only a line in its log, and there are no backups from then on. `@every 6h` it can read and then panics over, for all
the clusters it looks after (`percona/controller/pgcluster/schedule.go`, 3.0.0).

## How to fix

Write minute, hour, day, month and weekday (0 to 6, or names): `17 1 * * 0` is Sundays at 1:17, in UTC.
"""

from collections.abc import Iterator

from pggitops.cron import problem
from pggitops.findings import Severity, Violation
from pggitops.model import Cluster
from pggitops.policies import Facts
from pggitops.retention import KINDS

severity = Severity.ERROR
lenient = Severity.WARNING


def check_cluster(facts: Facts, cluster: Cluster) -> Iterator[Violation]:
    for repo in cluster.backups.ordered:
        for kind in KINDS:
            text = getattr(repo.schedules, kind)
            reason = problem(text) if text else None
            if reason:
                path = ("clusters", cluster.name, "backups", "repos", repo.name, "schedules", kind)
                fix = "Write five fields, minute hour day month weekday: `17 1 * * 0`."
                yield Violation(f'the schedule "{text}" never fires: {reason}', fix, path)
