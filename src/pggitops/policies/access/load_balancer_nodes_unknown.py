"""pgBouncer is exposed, but the addresses of the nodes that forward to it are not known.

## Why

The resource has no traffic policy for its Services, so a node may forward a connection under its own address. The
NetworkPolicy then has to let the nodes in, or clients are refused now and then, depending on where the pod runs.

## How to fix

Add the nodes' range to the target's base: `target: {nodes: {cidrs: [10.0.0.0/16]}}`.
"""

from collections.abc import Iterator

from pggitops.findings import Severity, Violation
from pggitops.model import Cluster
from pggitops.policies import Facts

severity = Severity.WARNING
about = {"services": ("LoadBalancer", "NodePort"), "words": ("patch",)}


def check_cluster(facts: Facts, cluster: Cluster) -> Iterator[Violation]:
    kind = cluster.pgbouncer.expose.type
    nodes = facts.environment.target.nodes
    if kind != "ClusterIP" and not (nodes and nodes.cidrs):
        path = ("clusters", cluster.name, "pgbouncer", "expose", "type")
        message = f"a {kind} forwards through nodes whose addresses are unknown"
        yield Violation(message, "Add `target.nodes: {cidrs: [...]}`.", path)
