"""A standby replays a repository that is not its primary's, or cannot decrypt it.

## Why

Bucket and path must be those the primary writes to; a standby that reads another one waits for a write-ahead log that
never comes, or replays another database. With encryption on one side only, every file is unreadable.

## How to fix

Describe in the standby the repository as the primary has it, with the path written out, and no schedules:

    standby: {of: prod-eu/payments, repo: repo1}
    backups: {repos: {repo1: {s3: {...}, path: /prod-eu/payments/repo1, schedules: null, retention: null}}}
"""

from collections.abc import Iterator, Sequence

from pggitops.findings import Severity, Violation
from pggitops.model import EnvironmentSummary
from pggitops.policies import FleetViolation
from pggitops.standbys import Pair, pairs
from pggitops.summaries import path_of

severity = Severity.ERROR


def check_fleet(summaries: Sequence[EnvironmentSummary]) -> Iterator[FleetViolation]:
    for pair in pairs(summaries):
        violation = _elsewhere(pair) if pair.following.enabled else None
        if violation and pair.primary:
            yield FleetViolation(pair.standby.environment, violation, (pair.primary.environment,))


def _elsewhere(pair: Pair) -> Violation | None:
    standby, primary = pair.standby, pair.primary
    repo = next((repo for repo in standby.facts.repositories if repo.name == pair.following.repo), None)
    if primary is None or repo is None or primary.name == standby.name:
        return None
    at = ("clusters", standby.cluster, "backups", "repos", repo.name)
    mine = repo.place, path_of(standby.environment, standby.cluster, repo)
    theirs = {
        (each.place, path_of(primary.environment, primary.cluster, each)): each
        for each in primary.facts.repositories
        if each.place
    }
    if mine not in theirs:
        listed = ", ".join(f"{path} of {place.rpartition(' ')[2]}" for place, path in theirs) or "no object store"
        message = f"{repo.name} is {mine[1]} of {mine[0].rpartition(' ')[2] or 'a volume'}; {primary.name} has {listed}"
        return Violation(message, "Write bucket and `path` as the primary has them.", (*at, "path"))
    if repo.is_encrypted != theirs[mine].is_encrypted:
        word = "encrypts" if theirs[mine].is_encrypted else "does not encrypt"
        message = f"{primary.name} {word} what {repo.name} is to read"
        return Violation(message, "Write the same `encryption` in both.", (*at, "encryption"))
    return None
