"""pgBouncer is opened to clients nobody can count: every namespace, or a range of addresses that is nearly all.

## Why

`pgbouncer.clients` is the list of those who may try a password. A range like `0.0.0.0/0`, or a NetworkPolicy of one's
own with `namespaceSelector: {}`, makes it a list of everybody; so does `default` or `kube-system` without labels, where
everything is started that nobody gave a namespace.

## How to fix

Name the pods, or the range that the clients really have:

```yaml
pgbouncer:
  clients:
    api: {namespace: payments, pods: {app: api}}
    vpn: {cidrs: [10.8.0.0/16]}
```

Settings: `ipv4: 8` and `ipv6: 32`, the shortest prefixes of a range that are not too wide.
"""

from collections.abc import Iterator

from pggitops.findings import Severity, Violation
from pggitops.model import Cluster
from pggitops.network.admitted import boundless, is_wide
from pggitops.network.engine import opens, selects_pod
from pggitops.network.rules import INGRESS
from pggitops.policies import Facts

severity = Severity.ERROR
lenient = Severity.WARNING
settings = {"ipv4": 8, "ipv6": 32}

SHARED = ("default", "kube-system", "kube-public", "kube-node-lease")
FIX = "Name the pods (`{namespace: …, pods: {app: …}}`), or the range that the clients really have."


def check_cluster(facts: Facts, cluster: Cluster) -> Iterator[Violation]:
    ipv4, ipv6 = (facts.setting("client-too-wide", word) for word in settings)
    for name, client in cluster.pgbouncer.clients.items():
        path = ("clusters", cluster.name, "pgbouncer", "clients", name)
        for index, cidr in enumerate(client.cidrs):
            if is_wide(cidr, ipv4, ipv6):
                yield Violation(f"the client {name} is all of {cidr}", FIX, (*path, "cidrs", index))
        if client.namespace in SHARED and not client.pods:
            yield Violation(f"the client {name} is every pod of {client.namespace}", FIX, (*path, "namespace"))
    if facts.reachability().foreign:
        yield from _foreign(facts, cluster, ipv4, ipv6)


def _foreign(facts: Facts, cluster: Cluster, ipv4: int, ipv6: int) -> Iterator[Violation]:
    """NetworkPolicies of somebody's own; those that open the instances too are another finding."""
    reach = facts.reachability()
    for pods in reach.of(cluster):
        pooler = pods.pgbouncer
        for policy in reach.network.isolating(pooler, INGRESS) if pooler else ():
            if pooler is None or not policy.source or any(selects_pod(policy, each) for each in pods.instances):
                continue
            for index, rule in enumerate(policy.rules(INGRESS)):
                for peer, who in boundless(rule, ipv4, ipv6) if opens(rule, pooler, pods.pgbouncer_port) else ():
                    at = ("spec", "ingress", index, *(() if peer is None else ("from", peer)))
                    message = f"the NetworkPolicy {policy.name} opens pgBouncer of {cluster.name} to {who}"
                    yield Violation(message, FIX, at, manifest=policy.id)
