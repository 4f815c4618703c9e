"""Environments of one target want its CRDs from different places.

## Why

A target has one set of CRDs, and one owner of it. Two sources would overwrite each other at every sync, and the one
that is removed later would take the CRDs with it, and with them every database of the target.

## How to fix

Put `operator: {crds: …}` into the target's base, and leave it out of the overlays.
"""

from collections.abc import Iterator, Sequence

from pggitops.findings import Severity, Violation
from pggitops.model import EnvironmentSummary
from pggitops.policies import FleetViolation

severity = Severity.ERROR


def check_fleet(summaries: Sequence[EnvironmentSummary]) -> Iterator[FleetViolation]:
    first: dict[str, EnvironmentSummary] = {}
    for summary in summaries:
        if summary.crds is None:
            continue
        other = first.setdefault(summary.target, summary)
        if other.crds != summary.crds:
            message = f"{summary.name} wants the CRDs of {summary.target} {summary.crds}, {other.name} {other.crds}"
            fix = f"Put `operator: {{crds: {other.crds}}}` or the other word into the base of {summary.target}."
            yield FleetViolation(summary.name, Violation(message, fix, ("operator", "crds")), (other.name,))
