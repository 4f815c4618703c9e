"""pgBouncer is exposed on a port of every node.

## Why

A NodePort is open on each node's every address, for as long as it is set, and source ranges do not apply to it: they
are the load balancer's. A node's public address makes the database public, and a node that goes takes its clients
along.

## How to fix

Use `pgbouncer: {expose: {type: LoadBalancer, sourceRanges: […]}}`; for clients inside the same Kubernetes cluster
ClusterIP, which is the default, is enough.
"""

from collections.abc import Iterator

from pggitops.findings import Severity, Violation
from pggitops.model import Cluster
from pggitops.policies import Facts

severity = Severity.WARNING
lenient = Severity.INFO
about = {"kinds": ("Service",), "services": ("NodePort",)}


def check_cluster(facts: Facts, cluster: Cluster) -> Iterator[Violation]:
    for way in facts.ways_in(cluster):
        if way.expose.get("type") == "NodePort":
            number = way.expose.get("nodePort")
            message = f"pgBouncer is open on {f'port {number}' if number else 'a port'} of every node, whoever asks"
            fix = "Use `type: LoadBalancer` with `sourceRanges`, or ClusterIP."
            yield Violation(message, fix, way.type, manifest=way.manifest)
