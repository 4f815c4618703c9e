"""A Service leads to the instances themselves, around pgBouncer.

## Why

A client that goes around the pooler uses connections nobody counted, survives no switchover of its own accord, and is
not in the list of those who may reach the data. With `expose` or `exposeReplicas` the operator opens its own Services;
of `exposeReplicas.loadBalancerSourceRanges` it makes nothing, so that such a load balancer takes anybody (the
operator's internal/controller/postgrescluster/service.go).

## How to fix

Expose pgBouncer instead, and leave `expose` and `exposeReplicas` at ClusterIP:

```yaml
pgbouncer:
  expose: {type: LoadBalancer, sourceRanges: [10.24.8.0/24]}
```

Do not add Services that select the instances.
"""

from collections.abc import Iterator

from pggitops.findings import Severity, Violation
from pggitops.model import Cluster
from pggitops.parts.names import PREFIX
from pggitops.policies import Facts

severity = Severity.ERROR
about = {"kinds": ("Service",), "services": ("LoadBalancer", "NodePort")}

FIX = "Let clients connect through pgBouncer (`pgbouncer.clients`, `pgbouncer.expose`)."


def check_cluster(facts: Facts, cluster: Cluster) -> Iterator[Violation]:
    name, resource = facts.resource(cluster)
    for word, what in (("expose", "primary"), ("exposeReplicas", "replicas")):
        kind = (resource.document["spec"].get(word) or {}).get("type", "ClusterIP")
        if kind != "ClusterIP":
            yield Violation(f"a {kind} Service exposes the {what}", FIX, ("spec", word, "type"), manifest=name)
    for name, manifest in facts.of_kind("Service"):
        selector = (manifest.document.get("spec") or {}).get("selector") or {}
        # an instance's name ends in what the operator draws
        known = {key: value for key, value in selector.items() if key != f"{PREFIX}/instance"}
        instances = [instance for pods in facts.reachability().of(cluster) for instance in pods.instances]
        if selector and any(known.items() <= instance.labels.items() for instance in instances):
            message = f"the Service {manifest.document['metadata']['name']} leads to the instances of {cluster.name}"
            yield Violation(message, FIX, ("spec", "selector"), manifest=name)
