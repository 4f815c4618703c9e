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
            here = (summary.name, cluster)
            owner = owners.setdefault((folder, name), here)
            if owner != here:
                other = f"{owner[0]}/{owner[1]}".rstrip("/")
                message = f'"{name}" is the name of what delivers {other} already'
                path = ("clusters", cluster) if cluster else ("namespace", "name")
                violation = Violation(message, "Rename this one.", path, at_key=bool(cluster))
                yield FleetViolation(summary.name, violation, (owner[0],))
