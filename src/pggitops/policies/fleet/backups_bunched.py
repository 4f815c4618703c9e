"""Many clusters make their full backup in the same minute, into one bucket or on one target.

## Why

Whoever copies an overlay copies its schedule. At 1:17 on Sunday every disk and the line to the store are busy, backups
take hours and the databases are slow; the store answers with errors for too many requests, and backups fail.

## How to fix

Spread the schedules over the night and the week: other minutes and hours in the clusters' own files, or one schedule
per base.
"""

from collections.abc import Iterator, Sequence

from pggitops.findings import Severity, Violation
from pggitops.model import EnvironmentSummary
from pggitops.policies import FleetViolation
from pggitops.standbys import Site, sites

severity = Severity.WARNING
MOST = 20


def check_fleet(summaries: Sequence[EnvironmentSummary]) -> Iterator[FleetViolation]:
    counts: dict[tuple[str, str], int] = {}
    firsts: dict[tuple[str, str], tuple[Site, str]] = {}
    for site in sites(summaries):
        for repo in site.facts.repositories:
            if repo.full:
                key = (repo.place or site.target, repo.full)
                counts[key] = counts.get(key, 0) + 1
                if counts[key] == MOST + 1:
                    firsts[key] = (site, repo.name)
    for key, (site, name) in firsts.items():
        where = key[0].rpartition(" ")[2]
        message = f'{counts[key]} clusters make their full backup at "{key[1]}", all of them into {where}'
        path = ("clusters", site.cluster, "backups", "repos", name, "schedules", "full")
        fix = f"Let no more than {MOST} start in one minute: write another minute and hour in some of them."
        yield FleetViolation(site.environment, Violation(message, fix, path))
