"""A standby could not replay its primary, or not take over from it.

## Why

A standby replays the primary's write-ahead log byte for byte: the major version is the same, and of connections, locks,
prepared transactions, WAL senders and workers it has no fewer, or it stops replaying at the first change there
(PostgreSQL's manual, "Hot Standby"). A tablespace made there needs its volume here, and all of the data needs the
room: replay ends where either is missing. Users that the overlay of the standby does not name have no Secret there:
after a promotion their passwords are the primary's, and nobody on the new site has them.

## How to fix

Write the same in both; what they have in common goes best into a base that both list.
"""

from collections.abc import Iterator, Sequence

from pggitops.findings import Path, Severity, Violation
from pggitops.model import EnvironmentSummary
from pggitops.policies import FleetViolation
from pggitops.sizing import shown
from pggitops.standbys import Pair, Site, pairs
from pggitops.summaries import LIMITS

severity = Severity.ERROR


def check_fleet(summaries: Sequence[EnvironmentSummary]) -> Iterator[FleetViolation]:
    for pair in pairs(summaries):
        if pair.primary is not None and pair.following.enabled and pair.primary.name != pair.standby.name:
            for violation in _unlike(pair):
                yield FleetViolation(pair.standby.environment, violation, (pair.primary.environment,))


def _unlike(pair: Pair) -> Iterator[Violation]:
    own, primary = pair.standby.facts, pair.primary
    if primary is None:
        return
    other, cluster = primary.facts, ("clusters", pair.standby.cluster)
    if own.major != other.major:
        path: Path = (*cluster, "postgres", "version")
        message = f"{primary.name} is PostgreSQL {other.major}, its standby {own.major}"
        yield Violation(message, f"Write {other.major}.", path)
    for name, mine, theirs in zip(LIMITS, own.limits, other.limits, strict=True):
        if mine < theirs:
            message = f"{name} is {mine}, on its primary {primary.name} {theirs}: replay stops there"
            yield Violation(message, f"Write at least {theirs}.", (*cluster, "postgres", "parameters", name))
    yield from _room(pair, primary)
    missing = [user for user in other.users if user not in own.users]
    if missing:
        message = f"{primary.name} has users this standby does not name: {', '.join(missing)}"
        fix = "Name them here too, with the passwords they have there."
        yield Violation(message, fix, (*cluster, "users"), severity=Severity.WARNING)


def _room(pair: Pair, primary: Site) -> Iterator[Violation]:
    own, other = pair.standby.facts, primary.facts
    at = ("clusters", pair.standby.cluster, "instances")
    if own.room < other.room:
        message = f"the data volume has {shown(own.room)}, on its primary {primary.name} {shown(other.room)}"
        fix = f"Write at least {shown(other.room)}."
        yield Violation(message, fix, (*at, "storage"), severity=Severity.WARNING)
    missing = [name for name in other.tablespaces if name not in own.tablespaces]
    if missing:
        message = f"{primary.name} has tablespaces this standby has not: {', '.join(missing)}"
        yield Violation(message, "Give every instance set a volume for each.", (*at, "tablespaces"))
