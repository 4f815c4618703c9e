"""Two repositories lie at one path of one bucket.

## Why

The stanza is always called `db`. The second cluster that writes there is told that the stanza belongs to another
database, and archives nothing; if it is upgraded away, the first one's backups are worthless. Expiring counts the
backups of both.

## How to fix

Remove `path`: left out, it is /environment/cluster/repository, which no other one has. A standby reads its primary's
repository: say so, `standby: {of: environment/cluster, repo: repo1}`.
"""

from collections.abc import Iterator, Sequence

from pggitops.findings import Severity, Violation
from pggitops.model import EnvironmentSummary, RepositoryFacts
from pggitops.policies import FleetViolation
from pggitops.standbys import Site, sites
from pggitops.summaries import path_of

severity = Severity.ERROR


def check_fleet(summaries: Sequence[EnvironmentSummary]) -> Iterator[FleetViolation]:
    written = [(site, repo) for site in sites(summaries) for repo in site.facts.repositories if repo.path]
    wanted = {(repo.place, repo.path) for _, repo in written if repo.place}
    if not wanted:
        return
    # a path that nobody wrote is its cluster's own; whoever wrote the same is to mend it
    unwritten = [
        (site, repo)
        for site in sites(summaries)
        for repo in site.facts.repositories
        if repo.path is None and (repo.place, path_of(site.environment, site.cluster, repo)) in wanted
    ]
    owners: dict[tuple[str, str], tuple[Site, RepositoryFacts]] = {}
    for site, repo in (*unwritten, *written):
        where = repo.place, path_of(site.environment, site.cluster, repo)
        owner, owned = owners.setdefault(where, (site, repo))
        if not repo.place or (owned is repo and owner is site):
            continue
        if _follows(site, repo.name, owner) or _follows(owner, owned.name, site):
            continue
        bucket = repo.place.rpartition(" ")[2]
        message = f"{where[1]} of {bucket} is {owned.name} of {owner.name}, too"
        path = ("clusters", site.cluster, "backups", "repos", repo.name, "path")
        fix = "Remove `path`, or give it another one."
        yield FleetViolation(site.environment, Violation(message, fix, path), (owner.environment,))


def _follows(standby: Site, repo: str, primary: Site) -> bool:
    own = standby.facts.following
    return bool(own and own.enabled and own.of == primary.name and own.repo == repo)
