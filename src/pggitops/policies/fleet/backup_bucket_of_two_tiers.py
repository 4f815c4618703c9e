"""Production and a lower tier keep their backups in one bucket.

## Why

Keys are given per bucket. Whoever holds the development cluster's, which many do, can then read every byte of
production, and delete its backups; a clean-up of test data that is meant well does the same.

## How to fix

Give production a bucket of its own, with keys of its own.
"""

from collections.abc import Iterator, Sequence

from pggitops.findings import Severity, Violation
from pggitops.model import EnvironmentSummary, is_lenient
from pggitops.policies import FleetViolation
from pggitops.standbys import Site, sites

severity = Severity.WARNING


def check_fleet(summaries: Sequence[EnvironmentSummary]) -> Iterator[FleetViolation]:
    strict: dict[str, Site] = {}
    lower: dict[str, tuple[Site, str]] = {}
    for site in sites(summaries):
        reads = site.facts.following.repo if site.facts.following else None
        for repo in site.facts.repositories:
            if not repo.place or repo.name == reads:
                continue
            if is_lenient(site.facts.tier):
                lower.setdefault(repo.place, (site, repo.name))
            else:
                strict.setdefault(repo.place, site)
    for place, (site, repo_name) in lower.items():
        if place in strict:
            bucket, other = place.rpartition(" ")[2], strict[place]
            message = f"{site.facts.tier} shares the bucket {bucket} with {other.name}, which is {other.facts.tier}"
            path = ("clusters", site.cluster, "backups", "repos", repo_name)
            violation = Violation(message, "Name a bucket that has nothing of production in it.", path)
            yield FleetViolation(site.environment, violation, (other.environment,))
