"""How a Service of the operator's leaves the Kubernetes cluster: what `expose` says of it, by cloud.

Annotations: the clouds' own controllers' documentation (GKE internal load balancers, AWS Load Balancer Controller and
the older in-tree ones, AKS internal load balancers, OpenStack's). The field's effects: the operator's
internal/controller/postgrescluster/pgbouncer.go and service.go.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

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


def pgbouncer(spec: Mapping[str, Any]) -> Mapping[str, Any]:
    """How a PerconaPGCluster exposes pgBouncer; empty where it says nothing of it."""
    proxy = (spec.get("proxy") or {}).get("pgBouncer") or {}
    expose: Mapping[str, Any] = proxy.get("expose") or {}
    return expose


def ranges(expose: Mapping[str, Any]) -> list[str]:
    """From where a load balancer takes connections; empty for anywhere."""
    written = expose.get("loadBalancerSourceRanges") or ()
    annotated = str((expose.get("annotations") or {}).get(RANGES, ""))
    return [*written, *[part.strip() for part in annotated.split(",") if part.strip()]]


def is_internal(expose: Mapping[str, Any]) -> bool:
    """Whether an annotation keeps the load balancer inside the network."""
    annotations = expose.get("annotations") or {}
    return any(str(annotations.get(key, "")).lower() in values for key, values in INTERNAL.items())
