"""A NetworkPolicy lets pods of the database send to anywhere, on every port.

## Why

Rendered policies let the database send to what it needs and nothing else: whoever gets to run SQL as a superuser, or
code in a sidecar, cannot carry the data away. Policies add up, so one rule without `to` and `ports` undoes that.

## How to fix

Name the destination and the port, and select only the pods that need it:

```yaml
egress: [{to: [{ipBlock: {cidr: 10.3.0.0/24}}], ports: [{port: 443, protocol: TCP}]}]
```
"""

from collections.abc import Iterator

from pggitops.findings import Severity, Violation
from pggitops.model import Cluster
from pggitops.network.blocks import is_everything
from pggitops.network.engine import selects_pod
from pggitops.network.rules import EGRESS, Rule
from pggitops.policies import Facts

severity = Severity.WARNING
lenient = Severity.INFO
about = {"ready": ("NetworkPolicy",)}


def check_cluster(facts: Facts, cluster: Cluster) -> Iterator[Violation]:
    reach = facts.reachability()
    if facts.environment.target.api_server is None:
        return
    for policy in reach.foreign:
        selected = [pod for pods in reach.of(cluster) for pod in pods.all if selects_pod(policy, pod)]
        for index, rule in enumerate(policy.rules(EGRESS)) if selected else ():
            if _is_open(rule):
                names = ", ".join(dict.fromkeys(pod.name for pod in selected))
                message = f"the NetworkPolicy {policy.name} lets {names} send to anywhere, on every port"
                fix = "Name the destination and the port."
                yield Violation(message, fix, ("spec", "egress", index), manifest=policy.id)


def _is_open(rule: Rule) -> bool:
    if rule.ports is not None:
        return False
    blocks = [peer.block for peer in rule.peers or () if peer.block is not None]
    return rule.peers is None or any(is_everything(cidr) and not exceptions for cidr, exceptions in blocks)
