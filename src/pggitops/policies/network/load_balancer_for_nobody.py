"""A load balancer turns away every client that is declared.

## Why

`sourceRanges` is what the load balancer lets in, `clients` what the NetworkPolicy does; a connection through it has to
pass both. Where no client's range meets a source range, nobody gets through, and it looks like a network that is down.

## How to fix

Write the same ranges in both:

```yaml
pgbouncer:
  expose: {type: LoadBalancer, sourceRanges: [10.24.8.0/24]}
  clients: {reporting: {cidrs: [10.24.8.0/24]}}
```
"""

import ipaddress
from collections.abc import Iterator

from pggitops.exposure import ranges
from pggitops.findings import Severity, Violation
from pggitops.model import Cluster
from pggitops.policies import Facts

severity = Severity.WARNING
about = {"kinds": ("Service",), "services": ("LoadBalancer",)}


def check_cluster(facts: Facts, cluster: Cluster) -> Iterator[Violation]:
    declared = [cidr for client in cluster.pgbouncer.clients.values() for cidr in client.cidrs]
    for way in facts.ways_in(cluster):
        allowed = ranges(way.expose) if declared and way.expose.get("type") == "LoadBalancer" else []
        if allowed and not any(_meet(one, other) for one in declared for other in allowed):
            lets_in, clients = ", ".join(allowed), ", ".join(declared)
            message = f"the load balancer{way.name} lets in {lets_in}; clients come from {clients}"
            yield Violation(message, "Write the clients' ranges.", way.ranges, manifest=way.manifest)


def _meet(one: str, other: str) -> bool:
    try:
        blocks = ipaddress.ip_network(one, strict=False), ipaddress.ip_network(other, strict=False)
    except ValueError:
        # what is no range is told of by its form
        return True
    return blocks[0].version == blocks[1].version and blocks[0].overlaps(blocks[1])
