"""How a Service of the operator's leaves the Kubernetes cluster: what `expose` says of it, by cloud.

Annotations: the clouds' own controllers' documentation (GKE internal load balancers, AWS Load Balancer Controller and
the older in-tree ones, AKS internal load balancers, OpenStack's). The field's effects: the operator's
internal/controller/postgrescluster/pgbouncer.go and service.go.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from pggitops.findings import Path
from pggitops.model import Manifest
from pggitops.record import record

INTERNAL = {
    "networking.gke.io/load-balancer-type": ("internal",),
    "cloud.google.com/load-balancer-type": ("internal",),
    "service.beta.kubernetes.io/aws-load-balancer-scheme": ("internal",),
    "service.beta.kubernetes.io/aws-load-balancer-internal": ("true", "0.0.0.0/0"),
    "service.beta.kubernetes.io/azure-load-balancer-internal": ("true",),
    "service.beta.kubernetes.io/openstack-internal-load-balancer": ("true",),
    "service.kubernetes.io/ibm-load-balancer-cloud-provider-ip-type": ("private",),
    "service.beta.kubernetes.io/oci-load-balancer-internal": ("true",),
}
"""Annotations, and the values with which they keep a load balancer inside the network."""

RANGES = "service.beta.kubernetes.io/load-balancer-source-ranges"
"""The older way to say `loadBalancerSourceRanges`, separated by commas."""


@record
class WayIn:
    """A Service in front of pgBouncer: what `expose` says of the operator's, or one that somebody wrote.

    `type` and `ranges` are where its type and its source ranges stand in the manifest.
    """

    manifest: str
    name: str
    expose: Mapping[str, Any]
    type: Path
    ranges: Path


def types(resource: Mapping[str, Any]) -> set[str]:
    """The types of the Services that a PerconaPGCluster asks for, where they are others than ClusterIP."""
    spec = resource["spec"]
    asked = [spec.get("expose"), spec.get("exposeReplicas"), pgbouncer(spec)]
    return {expose["type"] for expose in asked if expose and expose.get("type", "ClusterIP") != "ClusterIP"}


def pgbouncer(spec: Mapping[str, Any]) -> Mapping[str, Any]:
    """How a PerconaPGCluster exposes pgBouncer; empty where it says nothing of it."""
    proxy = (spec.get("proxy") or {}).get("pgBouncer") or {}
    expose: Mapping[str, Any] = proxy.get("expose") or {}
    return expose


def ways_in(
    identity: str, spec: Mapping[str, Any], services: Iterable[tuple[str, Manifest]], labels: Mapping[str, str]
) -> Iterator[WayIn]:
    """The operator's Service of a cluster, and those that select pods with pgBouncer's labels."""
    at = ("spec", "proxy", "pgBouncer", "expose")
    yield WayIn(identity, "", pgbouncer(spec), (*at, "type"), (*at, "loadBalancerSourceRanges"))
    for name, manifest in services:
        own, metadata = manifest.document.get("spec") or {}, manifest.document["metadata"]
        selector = own.get("selector")
        if selector and selector.items() <= labels.items():
            numbers = [port["nodePort"] for port in own.get("ports") or () if port.get("nodePort")]
            expose = {**own, "annotations": metadata.get("annotations") or {}, "nodePort": next(iter(numbers), None)}
            path = ("spec", "type"), ("spec", "loadBalancerSourceRanges")
            yield WayIn(name, f" of the Service {metadata['name']}", expose, *path)


def ranges(expose: Mapping[str, Any]) -> list[str]:
    """From where a load balancer takes connections; empty for anywhere."""
    written = expose.get("loadBalancerSourceRanges") or ()
    annotated = str((expose.get("annotations") or {}).get(RANGES, ""))
    return [*written, *[part.strip() for part in annotated.split(",") if part.strip()]]


def is_internal(expose: Mapping[str, Any]) -> bool:
    """Whether an annotation keeps the load balancer inside the network."""
    annotations = expose.get("annotations") or {}
    return any(str(annotations.get(key, "")).lower() in values for key, values in INTERNAL.items())
