"""Pods in the database's namespace are open to every pod of the Kubernetes cluster.

## Why

A pod that no NetworkPolicy selects accepts everybody. The operator's pods are closed by rendered policies; an
exporter, a dashboard or a job beside them, which holds a password of the database, is not, and is the way in that
nobody looked at (CIS Kubernetes Benchmark, 5.3.2).

## How to fix

Close it, then open what is needed:

```yaml
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata: {name: exporter, namespace: payments-db}
spec:
  podSelector: {matchLabels: {app: exporter}}
  ingress:
    - from: [{namespaceSelector: {matchLabels: {kubernetes.io/metadata.name: monitoring}}}]
      ports: [{port: 9187}]
```
"""

from collections.abc import Iterator

from pggitops import image_names
from pggitops.findings import Severity, Violation
from pggitops.network.rules import INGRESS
from pggitops.policies import Facts

severity = Severity.WARNING
lenient = Severity.INFO
about = {"ready": tuple(image_names.PODS)}


def check_environment(facts: Facts) -> Iterator[Violation]:
    reach = facts.reachability()
    for name, pod in reach.workloads:
        is_here = pod.namespace == facts.environment.namespace.name
        if is_here and pod.listens and not pod.is_on_host and not reach.network.isolating(pod, INGRESS):
            message = f"every pod of the cluster reaches those of {pod.name}: no NetworkPolicy selects them"
            fix = f"Add a NetworkPolicy that selects {', '.join(f'{key}: {pod.labels[key]}' for key in pod.labels)}."
            yield Violation(message, fix, ("metadata", "name"), manifest=name)
