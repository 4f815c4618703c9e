"""An object needs a controller that the target does not have.

## Why

Without its controller an object is refused, as its kind is not known there, or lies there and nothing happens: the
Secret does not come, and what waits for it waits for ever.

## How to fix

Install it, and say so: `target: {controllers: [external-secrets]}`.
"""

from collections.abc import Iterator

from pggitops.findings import Severity, Violation
from pggitops.policies import Facts

severity = Severity.ERROR

CONTROLLERS = {
    "external-secrets": ("ExternalSecret", "SecretStore"),
    "sealed-secrets": ("SealedSecret",),
    "cert-manager": ("Certificate", "Issuer", "ClusterIssuer"),
    "prometheus-operator": ("PodMonitor", "ServiceMonitor", "PrometheusRule"),
    "snapshot-controller": ("VolumeSnapshot", "VolumeSnapshotClass"),
}
about = {"kinds": tuple(kind for kinds in CONTROLLERS.values() for kind in kinds)}


def check_environment(facts: Facts) -> Iterator[Violation]:
    target = facts.environment.target
    for controller, kinds in CONTROLLERS.items():
        needing = [each for kind in kinds if kind in facts.kinds for each in facts.of_kind(kind)]
        if needing and controller not in target.controllers:
            document = needing[0][1].document
            first = f"{document['kind']} {document['metadata']['name']}"
            message = f"the {first} needs {controller}, which is not among the controllers of {target.name}"
            fix = f"Install it, and add {controller} to `target.controllers`."
            yield Violation(message, fix, ("target", "controllers"))
