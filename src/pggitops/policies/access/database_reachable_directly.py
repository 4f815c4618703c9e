"""A NetworkPolicy lets something other than the cluster's own pods reach the instances.

## Why

The operator always makes Services that lead to the instances; only the NetworkPolicies keep clients away from them. The
rendered ones let in pgBouncer, the instances and the repository host. Policies add up, so one more that opens the
instances, even meant for other pods (`podSelector: {}`), is a way around the pooler and around the list of clients.

## How to fix

Name who may connect under `pgbouncer.clients`. A policy for other pods of the namespace must not select the instances:

```yaml
podSelector:
  matchExpressions: [{key: postgres-operator.crunchydata.com/cluster, operator: DoesNotExist}]
```
"""

from collections.abc import Iterator

from pggitops.findings import Severity, Violation
from pggitops.model import Cluster
from pggitops.network.admitted import strangers
from pggitops.network.engine import opens
from pggitops.network.rules import INGRESS
from pggitops.policies import Facts

severity = Severity.ERROR
about = {"ready": ("NetworkPolicy",)}

FIX = "Exclude the instances from its podSelector; let clients connect through pgBouncer (`pgbouncer.clients`)."


def check_cluster(facts: Facts, cluster: Cluster) -> Iterator[Violation]:
    reach = facts.reachability()
    if not reach.foreign:
        return
    of_it = f"{facts.environment.name}/{cluster.name}"
    standbys = [
        name for name, other in facts.environment.clusters.items() if other.standby and other.standby.of == of_it
    ]
    for pods in reach.of(cluster):
        port = pods.postgres_port
        opened = {
            (policy, index): strangers(rule, policy, frozenset((cluster.name, *standbys)))
            for instance in pods.instances
            for policy in reach.network.isolating(instance, INGRESS)
            if policy.source
            for index, rule in enumerate(policy.rules(INGRESS))
            if opens(rule, instance, port)
        }
        for (policy, index), who in opened.items():
            if who:
                way = f"past pgBouncer, on port {port[0]}: {', '.join(who)}"
                message = f"the NetworkPolicy {policy.name} opens the instances of {cluster.name}, {way}"
                yield Violation(message, FIX, ("spec", "ingress", index), manifest=policy.id)
