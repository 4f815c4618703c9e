"""The cluster can be restored to the last few days only, or to no day before the last backup.

## Why

Retention by count keeps N full backups: right after the newest, the oldest is N-1 intervals old. With `full: 1` a
restore reaches back to last night's backup and no further; what was deleted by mistake before it is gone, and so is
everything if that one backup is damaged. Most such mistakes are noticed after the weekend.

## How to fix

Keep more full backups, or say for how long: `retention: {full: 14d}`. How many days must be reachable is a setting:
`policies: {restore-window-too-short: {days: 14}}`; it is 3 if nobody says otherwise.
"""

from collections.abc import Iterator

from pggitops.findings import Severity, Violation
from pggitops.model import Cluster
from pggitops.policies import Facts
from pggitops.retention import fulls, window_days

severity = Severity.WARNING
lenient = Severity.INFO
settings = {"days": 3}


def check_cluster(facts: Facts, cluster: Cluster) -> Iterator[Violation]:
    windows = {repo.name: window_days(repo) for repo in cluster.backups.ordered if fulls(repo)}
    wanted = facts.setting("restore-window-too-short", "days")
    if not windows or max(windows.values()) >= wanted:
        return
    name = max(windows, key=lambda each: windows[each])
    repo, days = cluster.backups.repos[name], int(windows[name])
    reach = f"only {days} day{'' if days == 1 else 's'} back" if days else "no further back than the last full backup"
    path = ("clusters", cluster.name, "backups", "repos", name, "retention", "full")
    message = f'full: {repo.retention.full} with a full backup at "{repo.schedules.full}" reaches {reach}'
    yield Violation(message, f"Keep enough for {wanted} days: `full: {wanted}d`, or more backups.", path)
