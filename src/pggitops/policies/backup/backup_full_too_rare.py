"""Full backups are made less often than every week.

## Why

Every differential and incremental backup hangs on its full one, and a restore replays the write-ahead log from the last
of them: the longer the chain, the longer the restore, and the more is lost if one file of the full backup is damaged.

## How to fix

Schedule a full backup once a week, `full: 17 1 * * 0`, and differential ones in between. For a database too large for
that, set how many days are enough: `policies: {backup-full-too-rare: {days: 31}}`.
"""

from collections.abc import Iterator

from pggitops.findings import Severity, Violation
from pggitops.model import Cluster, is_lenient
from pggitops.policies import Facts
from pggitops.retention import fulls

severity = Severity.WARNING
settings = {"days": 8}


def check_cluster(facts: Facts, cluster: Cluster) -> Iterator[Violation]:
    if is_lenient(facts.environment.tier_of(cluster)):
        return
    gaps = {repo.name: made.longest_days for repo in cluster.backups.ordered if (made := fulls(repo))}
    longest = facts.setting("backup-full-too-rare", "days")
    if gaps and min(gaps.values()) > longest:
        repo = min(gaps, key=lambda name: gaps[name])
        path = ("clusters", cluster.name, "backups", "repos", repo, "schedules", "full")
        message = f"between two full backups there are up to {gaps[repo]} days"
        yield Violation(message, f"Schedule one at least every {longest} days: `full: 17 1 * * 0`.", path)
