"""Environments of one target want different things of the operator they share.

## Why

One operator of scope `cluster` looks after all environments of its target. It is rendered once; two versions,
namespaces or images cannot both be.

## How to fix

Put `operator` into the target's base, and leave it out of the overlays.
"""

from collections.abc import Iterator, Sequence

from pggitops.findings import Severity, Violation
from pggitops.model import EnvironmentSummary
from pggitops.policies import FleetViolation

severity = Severity.ERROR


def check_fleet(summaries: Sequence[EnvironmentSummary]) -> Iterator[FleetViolation]:
    first: dict[str, EnvironmentSummary] = {}
    for summary in summaries:
        if not summary.operator:
            continue
        other = first.setdefault(summary.target, summary)
        if other.operator != summary.operator:
            message = f"{summary.name} and {other.name} share an operator and disagree about it"
            violation = Violation(message, f"Put `operator` into the base of {summary.target}.", ("operator",))
            yield FleetViolation(summary.name, violation, (other.name,))
