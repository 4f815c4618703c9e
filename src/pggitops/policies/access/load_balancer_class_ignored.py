"""A `loadBalancerClass` is set, of which the operator makes nothing.

## Why

Operators from 2.8 to 3.0 accept `loadBalancerClass` under `expose`, copy it inward and never set it on the Service (the
operator's internal/controller/postgrescluster). The cluster's default load balancer takes the Service instead, with
other addresses and perhaps other rules about who may connect.

## How to fix

Remove it, and choose the load balancer by the annotation its controller reads:

```yaml
pgbouncer:
  expose: {type: LoadBalancer, annotations: {service.beta.kubernetes.io/aws-load-balancer-type: external}}
```
"""

from collections.abc import Iterator

from pggitops.exposure import pgbouncer
from pggitops.findings import Severity, Violation
from pggitops.model import Cluster
from pggitops.policies import Facts

severity = Severity.WARNING
about = {"words": ("patch",)}


def check_cluster(facts: Facts, cluster: Cluster) -> Iterator[Violation]:
    name, resource = facts.resource(cluster)
    spec = resource.document["spec"]
    places = {
        ("spec", "expose"): spec.get("expose") or {},
        ("spec", "exposeReplicas"): spec.get("exposeReplicas") or {},
        ("spec", "proxy", "pgBouncer", "expose"): pgbouncer(spec),
    }
    for path, expose in places.items():
        if expose.get("loadBalancerClass"):
            message = f"the operator does not set loadBalancerClass {expose['loadBalancerClass']} on its Service"
            fix = "Remove it; choose the load balancer by an annotation under `expose.annotations`."
            yield Violation(message, fix, (*path, "loadBalancerClass"), manifest=name)
