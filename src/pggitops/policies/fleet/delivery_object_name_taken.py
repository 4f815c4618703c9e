"""Two environments or clusters become one Application or Kustomization.

## Why

The names are made of those of the environment and the cluster: cluster `b-c` of `a` and cluster `c` of `a-b` are both
`db-a-b-c`. Whichever is applied last takes the name, and what the other one had deployed is nobody's any more; a
production region was once deleted that way.

## How to fix

Rename the newer one before it is deployed.
"""

from collections.abc import Iterator, Sequence

from pggitops.findings import Severity, Violation
from pggitops.model import EnvironmentSummary
from pggitops.parts.engines import delivery_folder, object_names
from pggitops.policies import FleetViolation

severity = Severity.ERROR


def check_fleet(summaries: Sequence[EnvironmentSummary]) -> Iterator[FleetViolation]:
    engines: dict[str, dict[str, EnvironmentSummary]] = {}
    for summary in summaries:
        if summary.delivery.engine == "none":
            continue
        owners = engines.setdefault(delivery_folder(summary.delivery, summary.target), {})
        for name, cluster in object_names(summary):
            # what is not a cluster's has the environment's name alone after its own first word: no two are alike
            if not cluster:
                continue
            owner = owners.setdefault(name, summary)
            if owner is not summary:
                other = next(each for taken, each in object_names(owner) if taken == name)
                message = f'"{name}" is the name of what delivers {owner.name}/{other} already'
                violation = Violation(message, "Rename this one.", ("clusters", cluster), at_key=True)
                yield FleetViolation(summary.name, violation, (owner.name,))
