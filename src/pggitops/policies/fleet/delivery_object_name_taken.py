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
    owners: dict[tuple[str, str], tuple[str, str]] = {}
    for summary in summaries:
        if summary.delivery.engine == "none":
            continue
        folder = delivery_folder(summary.delivery, summary.target)
        for name, cluster in object_names(summary):
            # what is not a cluster's has the environment's name alone after its own first word: no two are alike
            if not cluster:
                continue
            here = (summary.name, cluster)
            owner = owners.setdefault((folder, name), here)
            if owner != here:
                message = f'"{name}" is the name of what delivers {"/".join(owner)} already'
                violation = Violation(message, "Rename this one.", ("clusters", cluster), at_key=True)
                yield FleetViolation(summary.name, violation, (owner[0],))
