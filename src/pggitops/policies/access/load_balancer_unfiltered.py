"""pgBouncer's load balancer takes connections from anywhere.

## Why

A load balancer without `loadBalancerSourceRanges` forwards whoever finds its address. Nodes that forward may hide the
sender, so the NetworkPolicy has to let the nodes in: the load balancer's own filter is the only one left.

## How to fix

Say from where clients come:

```yaml
pgbouncer:
  expose: {type: LoadBalancer, sourceRanges: [10.24.8.0/24]}
```

Settings: `ipv4: 8` and `ipv6: 32`, the shortest prefixes of a range that are not too wide.
"""

from collections.abc import Iterator

from pggitops.exposure import ranges
from pggitops.findings import Severity, Violation
from pggitops.model import Cluster
from pggitops.network.admitted import is_wide
from pggitops.policies import Facts

severity = Severity.ERROR
lenient = Severity.WARNING
about = {"kinds": ("Service",), "services": ("LoadBalancer",)}
settings = {"ipv4": 8, "ipv6": 32}

FIX = "Set `pgbouncer.expose.sourceRanges` to the ranges that the clients have."


def check_cluster(facts: Facts, cluster: Cluster) -> Iterator[Violation]:
    ipv4, ipv6 = (facts.setting("load-balancer-unfiltered", word) for word in settings)
    for way in facts.ways_in(cluster):
        if way.expose.get("type") != "LoadBalancer":
            continue
        allowed = ranges(way.expose)
        says = f"the load balancer{way.name} takes connections from"
        if not allowed:
            yield Violation(f"{says} anywhere", FIX, way.type, manifest=way.manifest)
        for index, cidr in enumerate(allowed):
            if is_wide(cidr, ipv4, ipv6):
                yield Violation(f"{says} all of {cidr}", FIX, (*way.ranges, index), manifest=way.manifest)
