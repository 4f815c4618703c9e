"""pgBouncer: the only way in."""

from __future__ import annotations

from typing import Any

from pggitops.model import Cluster, Environment, Expose, Pgbouncer
from pggitops.parts.instances import spread
from pggitops.parts.names import name_and, pods

# what keeps a load balancer inside the network, by platform
INTERNAL = {
    "gke": {"networking.gke.io/load-balancer-type": "Internal"},
    "eks": {"service.beta.kubernetes.io/aws-load-balancer-scheme": "internal"},
    "aks": {"service.beta.kubernetes.io/azure-load-balancer-internal": "true"},
}


def settings(pgbouncer: Pgbouncer) -> dict[str, str]:
    """`config.global`: pgBouncer's own settings, as text."""
    own = {name: option(pgbouncer.parameters[name]) for name in sorted(pgbouncer.parameters)}
    return {"pool_mode": pgbouncer.pool_mode, **own}


def pod_spread(cluster: Cluster) -> list[dict[str, Any]] | None:
    """Where pgBouncer's pods may be together."""
    return spread(cluster.pgbouncer.spread, pods(cluster.name, role="pgbouncer")) or None


def option(value: str | float | bool) -> str:
    """A setting as pgBouncer's ini file writes it."""
    if isinstance(value, bool):
        return "1" if value else "0"
    return str(value)


def exposed(environment: Environment, expose: Expose) -> dict[str, Any]:
    """`expose`: the Service in front of pgBouncer; a load balancer is internal unless the overlay says otherwise."""
    annotations = dict(expose.annotations)
    if expose.type == "LoadBalancer" and expose.internal:
        annotations = {**INTERNAL.get(environment.target.platform, {}), **annotations}
    return name_and(
        {"type": expose.type},
        loadBalancerSourceRanges=list(expose.source_ranges) if expose.type == "LoadBalancer" else None,
        nodePort=expose.node_port,
        annotations=annotations,
        labels=dict(expose.labels),
    )
