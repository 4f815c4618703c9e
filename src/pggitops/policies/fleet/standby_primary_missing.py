"""A standby follows a cluster that the fleet does not have, itself, or one that follows it.

## Why

`standby.of` is what a standby is compared with: version, repository, encryption, parameters. Without the right name
nothing is compared, and the day it is needed it turns out to be no standby of anything. Two clusters that follow each
other are both read-only, and nobody can write.

## How to fix

Write environment/cluster as the folders and the overlays call them, or leave `of` out where the primary is not in this
repository.
"""

from collections.abc import Iterator, Mapping, Sequence

from pggitops.findings import Severity, Violation, did_you_mean
from pggitops.model import EnvironmentSummary
from pggitops.policies import FleetViolation
from pggitops.standbys import Pair, pairs, sites

severity = Severity.ERROR


def check_fleet(summaries: Sequence[EnvironmentSummary]) -> Iterator[FleetViolation]:
    every = {pair.standby.name: pair for pair in pairs(summaries)}
    for pair in every.values():
        of = pair.following.of or ""
        path = ("clusters", pair.standby.cluster, "standby", "of")
        other = of.partition("/")[0]
        if of == pair.standby.name:
            violation = Violation(f"{of} follows itself", "Name its primary, as environment/cluster.", path)
            yield FleetViolation(pair.standby.environment, violation)
        elif pair.primary is None:
            guess = did_you_mean(of, [site.name for site in sites(summaries)])
            violation = Violation(f"the fleet has no cluster {of}{guess}", "Correct it, or leave `of` out.", path)
            yield FleetViolation(pair.standby.environment, violation, (other,))
        elif pair.standby.name == _first_of_circle(every, pair):
            message = f"{of} follows {pair.standby.name} in turn: none of them can be written to"
            fix = "Promote one of them: `enabled: false`, or no `standby` at all."
            yield FleetViolation(pair.standby.environment, Violation(message, fix, path), (other,))


def _first_of_circle(every: Mapping[str, Pair], start: Pair) -> str | None:
    """The first name, by the alphabet, of the circle of following clusters that a pair is in."""
    names = [start.standby.name]
    while (pair := every.get(names[-1])) and pair.following.enabled and pair.following.of:
        if pair.following.of == names[0]:
            return min(names)
        if pair.following.of in names:
            return None
        names.append(pair.following.of)
    return None
