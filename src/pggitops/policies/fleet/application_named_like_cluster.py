"""A cluster is called like an Application of the fleet.

## Why

The operator puts `app.kubernetes.io/instance: <cluster>` on volumes and Secrets and makes nobody their owner. An Argo
CD that tracks by that label takes them for objects of the Application of the same name that are not in Git, and
prunes them.

## How to fix

Give the cluster a name that does not begin like an Application: `db-`, `env-`, `operator-`, `crds-`,
`shared-operator-`.
"""

from collections.abc import Iterator, Sequence

from pggitops.findings import Severity, Violation
from pggitops.model import EnvironmentSummary
from pggitops.parts.engines import ROOTS, crds_object_name, object_names
from pggitops.policies import FleetViolation

severity = Severity.ERROR


def check_fleet(summaries: Sequence[EnvironmentSummary]) -> Iterator[FleetViolation]:
    delivered = [summary for summary in summaries if summary.delivery.engine == "argocd"]
    clusters = {cluster for summary in delivered for cluster in summary.clusters}
    names = {name: summary.name for summary in delivered for name, _ in object_names(summary) if name in clusters}
    for target in {summary.target for summary in delivered}:
        names |= dict.fromkeys((crds_object_name(target), f"shared-operator-{target}"), f"the target {target}")
    names |= dict.fromkeys(ROOTS.values(), "the whole fleet")
    for summary in delivered:
        for cluster in summary.clusters:
            if cluster in names:
                message = f'"{cluster}" is also the name of an Application, of {names[cluster]}'
                violation = Violation(message, "Rename the cluster.", ("clusters", cluster), at_key=True)
                yield FleetViolation(summary.name, violation)
