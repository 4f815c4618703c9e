"""The path of a repository names another environment of the fleet.

## Why

An overlay that was copied keeps the path of the one it came from. Nothing clashes as long as the cluster has another
name, but whoever looks for the backups of one environment finds those of another among them, and deletes them with it.

## How to fix

Remove `path`, or name this environment in it.
"""

from collections.abc import Iterator, Sequence

from pggitops.findings import Severity, Violation
from pggitops.model import EnvironmentSummary, RepositoryFacts
from pggitops.policies import FleetViolation
from pggitops.standbys import sites
from pggitops.summaries import path_of

severity = Severity.WARNING


def check_fleet(summaries: Sequence[EnvironmentSummary]) -> Iterator[FleetViolation]:
    written = [(site, repo) for site in sites(summaries) for repo in site.facts.repositories if repo.path]
    names = {summary.name for summary in summaries} if written else set()
    for site, repo in written:
        other, _, rest = (repo.path or "").strip("/").partition("/")
        if other not in names or other == site.environment or not repo.place or not rest:
            continue
        own = site.facts.following
        # a standby reads its primary's repository, and one that is shared is another finding
        if (own and own.repo == repo.name) or _is_shared(summaries, other, repo):
            continue
        message = f"{repo.path} begins with the environment {other}, and this is {site.environment}"
        path = ("clusters", site.cluster, "backups", "repos", repo.name, "path")
        fix = f"Remove `path`, or begin it with /{site.environment}/."
        yield FleetViolation(site.environment, Violation(message, fix, path), (other,))


def _is_shared(summaries: Sequence[EnvironmentSummary], other: str, repo: RepositoryFacts) -> bool:
    return any(
        each.place == repo.place and path_of(other, site.cluster, each) == repo.path
        for site in sites([summary for summary in summaries if summary.name == other])
        for each in site.facts.repositories
    )
