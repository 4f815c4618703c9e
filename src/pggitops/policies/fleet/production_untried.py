"""Production has a version that runs nowhere else in the fleet.

## Why

What a new version does to a database is seen where the database is a copy: an operator that restarts every pod, a plan
that PostgreSQL chooses otherwise, an extension that is not there any more. In production it is seen by everybody, and
there is no way back.

## How to fix

Raise the version in development or staging first, and in production by a later change. For a fix that cannot wait write
a waiver.
"""

from collections.abc import Iterator, Sequence

from pggitops import operators
from pggitops.findings import Severity, Violation
from pggitops.model import EnvironmentSummary
from pggitops.policies import FleetViolation
from pggitops.standbys import sites

severity = Severity.WARNING

FIX = "Raise it there first."


def check_fleet(summaries: Sequence[EnvironmentSummary]) -> Iterator[FleetViolation]:
    yield from _operators(summaries)
    tried: dict[str, tuple[int, str]] = {}
    live = []
    for site in sites(summaries):
        if site.facts.tier != "production":
            tried[site.cluster] = max(tried.get(site.cluster, (0, "")), (site.facts.major, site.environment))
        else:
            live.append(site)
    for site in live:
        newest, where = tried.get(site.cluster, (99, ""))
        if site.facts.major > newest:
            message = (
                f"PostgreSQL {site.facts.major} in production, and {newest} is the newest it was tried with, in {where}"
            )
            at = ("clusters", site.cluster, "postgres", "version")
            yield FleetViolation(site.environment, Violation(message, FIX, at), (where,))


def _operators(summaries: Sequence[EnvironmentSummary]) -> Iterator[FleetViolation]:
    tried = {summary.version: summary.name for summary in summaries if summary.tier != "production"}
    if not tried:
        return
    newest = max(tried, key=operators.number)
    ahead: dict[str, list[str]] = {}
    for summary in summaries:
        if summary.tier == "production" and operators.number(summary.version) > operators.number(newest):
            ahead.setdefault(summary.version, []).append(summary.name)
    for version, (first, *others) in ahead.items():
        message = f"operator {version} in production, and {newest} is the newest that was tried, in {tried[newest]}"
        yield FleetViolation(first, Violation(message, FIX, ("operator", "version")), (*others, tried[newest]))
