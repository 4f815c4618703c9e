"""Two environments render into one namespace of one target.

## Why

Each environment is written, pruned and synced by itself. In a shared namespace they overwrite each other's
operator and policies, and removing one takes the namespace, with the other's databases, along.

## How to fix

Give each environment a namespace of its own, or make them one environment with two clusters.
"""

from collections.abc import Iterator, Sequence

from pggitops.findings import Severity, Violation
from pggitops.model import EnvironmentSummary
from pggitops.policies import FleetViolation

severity = Severity.ERROR


def check_fleet(summaries: Sequence[EnvironmentSummary]) -> Iterator[FleetViolation]:
    owners: dict[tuple[str, str], str] = {}
    for summary in summaries:
        key = (summary.target, summary.namespace)
        owner = owners.setdefault(key, summary.name)
        if owner != summary.name:
            message = f'the namespace "{summary.namespace}" of {summary.target} belongs to the environment {owner}'
            violation = Violation(message, "Use another namespace.", ("namespace", "name"))
            yield FleetViolation(summary.name, violation, (owner,))
