"""A standby was promoted, and the cluster it followed can be written to as well.

## Why

After a promotion the two go different ways: what clients write to the old primary is never on the new one, and nobody
can put the two together again.

## How to fix

Stop the old primary, `pause: true`, in the same pull request. Once it is rebuilt, make it a standby of the new one,
`standby: {of: ...}`, and remove `standby` here.
"""

from collections.abc import Iterator, Sequence

from pggitops.findings import Severity, Violation
from pggitops.model import EnvironmentSummary
from pggitops.policies import FleetViolation
from pggitops.standbys import pairs

# in a disaster the promotion must get through: the old site may be out of reach
severity = Severity.WARNING


def check_fleet(summaries: Sequence[EnvironmentSummary]) -> Iterator[FleetViolation]:
    for pair in pairs(summaries):
        primary = pair.primary
        if pair.following.enabled or primary is None or primary.name == pair.standby.name:
            continue
        follows = primary.facts.following
        if not primary.facts.is_paused and not (follows and follows.enabled):
            message = f"this cluster is promoted, and {primary.name}, which it followed, can be written to as well"
            path = ("clusters", pair.standby.cluster, "standby", "enabled")
            violation = Violation(message, "Pause that one, or let it follow this one.", path)
            yield FleetViolation(pair.standby.environment, violation, (primary.environment,))
