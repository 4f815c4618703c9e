"""pgBouncer: the only way in."""

from __future__ import annotations

from typing import Any

from pggitops.model import Cluster, Environment, Expose
from pggitops.parts import images
from pggitops.parts.instances import placement, resources, spread
from pggitops.parts.names import PREFIX, name_and

# what keeps a load balancer inside the network, by platform
INTERNAL = {
    "gke": {"networking.gke.io/load-balancer-type": "Internal"},
    "eks": {"service.beta.kubernetes.io/aws-load-balancer-scheme": "internal"},
    "aks": {"service.beta.kubernetes.io/azure-load-balancer-internal": "true"},
}


def pgbouncer(environment: Environment, cluster: Cluster) -> dict[str, Any]:
    """`spec.proxy.pgBouncer`; superusers never log in through it."""
    own = cluster.pgbouncer
    parameters = {name: option(own.parameters[name]) for name in sorted(own.parameters)}
    selector = {f"{PREFIX}/cluster": cluster.name, f"{PREFIX}/role": "pgbouncer"}
    fields = {
        "image": images.image(environment, cluster, "pgbouncer", own.image),
        "replicas": own.replicas,
        "port": 5432,
        "exposeSuperusers": False,
        "expose": _expose(environment, own.expose),
        "config": {"global": {"pool_mode": own.pool_mode, **parameters}},
        "resources": resources(own),
    }
    return name_and(
        fields,
        topologySpreadConstraints=spread(own.spread, selector),
        **placement(own),
        minAvailable=own.min_available,
    )


def option(value: str | float | bool) -> str:
    """A setting as pgBouncer's ini file writes it."""
    if isinstance(value, bool):
        return "1" if value else "0"
    return str(value)


def _expose(environment: Environment, expose: Expose) -> dict[str, Any]:
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
