"""Two engines apply the CRDs of one target.

## Why

Custom resource definitions belong to the whole Kubernetes cluster. While its environments are delivered by two
engines, both apply them, and the one with the older operator takes back what the newer one needs.

## How to fix

Deliver all environments of a target by one engine; while they move, keep their operator versions equal.
"""

from collections.abc import Iterator, Sequence

from pggitops.findings import Severity, Violation
from pggitops.model import EnvironmentSummary
from pggitops.parts.engines import delivery_folder
from pggitops.policies import FleetViolation

severity = Severity.WARNING


def check_fleet(summaries: Sequence[EnvironmentSummary]) -> Iterator[FleetViolation]:
    first: dict[str, tuple[str, str]] = {}
    for summary in summaries:
        if summary.delivery.engine == "none" or not summary.crds:
            continue
        folder = delivery_folder(summary.delivery, summary.target)
        known, owner = first.setdefault(summary.target, (folder, summary.name))
        if known != folder:
            message = f"{summary.target} gets its CRDs from {known} ({owner}) and from {folder}"
            fix = "Deliver all environments of the target by one engine."
            yield FleetViolation(summary.name, Violation(message, fix, ("delivery", "engine")), (owner,))
