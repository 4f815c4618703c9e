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

from pggitops.exposure import pgbouncer, ranges
from pggitops.findings import Severity, Violation
from pggitops.model import Cluster
from pggitops.network.admitted import is_wide
from pggitops.policies import Facts

severity = Severity.ERROR
lenient = Severity.WARNING

FIX = "Set `pgbouncer.expose.sourceRanges` to the ranges that the clients have."


def check_cluster(facts: Facts, cluster: Cluster) -> Iterator[Violation]:
    name, resource = facts.resource(cluster)
    expose = pgbouncer(resource.document["spec"])
    if expose.get("type") != "LoadBalancer":
        return
    at = ("spec", "proxy", "pgBouncer", "expose")
    allowed = ranges(expose)
    if not allowed:
        yield Violation("the load balancer takes connections from anywhere", FIX, (*at, "type"), manifest=name)
    ipv4, ipv6 = (facts.setting("load-balancer-unfiltered", word, bits) for word, bits in (("ipv4", 8), ("ipv6", 32)))
    for index, cidr in enumerate(allowed):
        if is_wide(cidr, ipv4, ipv6):
            message = f"the load balancer takes connections from all of {cidr}"
            yield Violation(message, FIX, (*at, "loadBalancerSourceRanges", index), manifest=name)
