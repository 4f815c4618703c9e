"""A standby runs on the same target as its primary.

## Why

A standby cluster is for the day the primary's Kubernetes cluster is lost, or its region. On the same target it is
lost with it, and costs as much as one elsewhere. Against the loss of a node or a zone the replicas of the primary are
enough.

## How to fix

Put the environment of the standby onto another target.
"""

from collections.abc import Iterator, Sequence

from pggitops.findings import Severity, Violation
from pggitops.model import EnvironmentSummary, is_lenient
from pggitops.policies import FleetViolation
from pggitops.standbys import pairs

severity = Severity.WARNING


def check_fleet(summaries: Sequence[EnvironmentSummary]) -> Iterator[FleetViolation]:
    for pair in pairs(summaries):
        standby, primary = pair.standby, pair.primary
        if primary is None or primary.name == standby.name or is_lenient(standby.facts.tier):
            continue
        if pair.following.enabled and primary.target == standby.target:
            message = f"{primary.name} is on {primary.target}, too: both are lost together"
            path = ("clusters", standby.cluster, "standby", "of")
            violation = Violation(message, "Put the standby onto another target.", path)
            yield FleetViolation(standby.environment, violation, (primary.environment,))
