"""Pods of the database cannot resolve names.

## Why

Everything the pods reach they reach by name: each other, the API server, the object store. Without DNS nothing fails
at once; connections time out one by one, and a restarted pod does not come back.

## How to fix

The finding says which NetworkPolicy denies it, and the rule that opens it. Policies add up: a policy of one's own that
only says `policyTypes: [Egress]` for pods that no rendered policy restricts denies them everything else.

```yaml
egress:
  - to:
      - namespaceSelector: {matchLabels: {kubernetes.io/metadata.name: kube-system}}
        podSelector: {matchLabels: {k8s-app: kube-dns}}
    ports: [{port: 53, protocol: UDP}, {port: 53, protocol: TCP}]
```

Where names are resolved by something else, say so: `target: {dns: {namespace: dns, pods: {app: coredns}}}`.
"""

from collections.abc import Iterator

from pggitops.findings import Severity, Violation
from pggitops.policies import Facts

severity = Severity.ERROR
about = {"problems": ("network",)}


def check_environment(facts: Facts) -> Iterator[Violation]:
    return facts.reachability().violations("dns-cut", "names are not resolved")
