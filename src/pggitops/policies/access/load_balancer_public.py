"""pgBouncer's load balancer has an address on the internet, or nothing keeps it from having one.

## Why

In the clouds a load balancer is public unless an annotation says otherwise; each platform has its own. The source
ranges then are all there is between the internet and a log-in. `expose.internal` writes the annotation for GKE, EKS and
AKS; on other platforms nothing is known that it could write.

## How to fix

Leave `internal` at true, or give the annotation your platform reads:

```yaml
pgbouncer:
  expose: {type: LoadBalancer, annotations: {service.beta.kubernetes.io/openstack-internal-load-balancer: "true"}}
```
"""

from collections.abc import Iterator

from pggitops.exposure import is_internal
from pggitops.findings import Severity, Violation
from pggitops.model import Cluster
from pggitops.policies import Facts

severity = Severity.WARNING
lenient = Severity.INFO
about = {"kinds": ("Service",), "services": ("LoadBalancer",)}


def check_cluster(facts: Facts, cluster: Cluster) -> Iterator[Violation]:
    platform = facts.environment.target.platform
    for way in facts.ways_in(cluster):
        if way.expose.get("type") != "LoadBalancer" or is_internal(way.expose):
            continue
        what = f"the load balancer{way.name}"
        if platform in ("gke", "eks", "aks"):
            message = f"{what} is open to the internet: no annotation makes it internal"
            fix = "Remove `internal: false`, or add the annotation of your platform for an internal one."
            yield Violation(message, fix, way.type, manifest=way.manifest)
        elif not way.expose.get("annotations"):
            message = f"nothing keeps {what} inside the network: for platform {platform} no annotation is known"
            fix = "Add the annotation that your load balancer reads to `pgbouncer.expose.annotations`."
            yield Violation(message, fix, way.type, manifest=way.manifest, severity=Severity.INFO)
