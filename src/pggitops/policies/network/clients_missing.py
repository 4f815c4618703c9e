"""Nobody may connect to a database.

## Why

Everything that reaches pgBouncer is listed under `pgbouncer.clients`; what is not there the rendered NetworkPolicy
refuses. With no client at all every connection times out, and it looks like a database that is down.

## How to fix

```yaml
pgbouncer:
  clients:
    api: {namespace: payments, pods: {app: api}}
```
"""

from collections.abc import Iterator

from pggitops.findings import Severity, Violation
from pggitops.model import Cluster
from pggitops.network.engine import opens
from pggitops.network.rules import INGRESS
from pggitops.policies import Facts

severity = Severity.WARNING
lenient = Severity.INFO


def check_cluster(facts: Facts, cluster: Cluster) -> Iterator[Violation]:
    follows = cluster.standby is not None and cluster.standby.enabled
    if cluster.pgbouncer.clients or cluster.pgbouncer.replicas == 0 or cluster.pause or follows:
        return
    if _is_opened_elsewhere(facts, cluster):
        return
    message = f"no client may connect to {cluster.name}"
    fix = "Name those who may: `clients: {api: {namespace: …, pods: {app: …}}}`."
    yield Violation(message, fix, ("clusters", cluster.name, "pgbouncer", "clients"))


def _is_opened_elsewhere(facts: Facts, cluster: Cluster) -> bool:
    """Whether a NetworkPolicy of the environment's own lets somebody in."""
    reach = facts.reachability()
    return any(
        opens(rule, pods.pgbouncer, pods.pgbouncer_port)
        for pods in reach.of(cluster)
        if pods.pgbouncer
        for policy in reach.network.isolating(pods.pgbouncer, INGRESS)
        if policy.source
        for rule in policy.rules(INGRESS)
    )
