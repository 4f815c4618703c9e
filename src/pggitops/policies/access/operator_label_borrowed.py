"""Pods of somebody's own carry labels that the operator gives to the database's pods.

## Why

NetworkPolicies and Services know the database's pods by these labels and nothing else. A pod in the same namespace with
`postgres-operator.crunchydata.com/role: pgbouncer` is let in to the instances as pgBouncer is, and gets clients' logins
from its Service; with `data: postgres` it may answer as the server.

## How to fix

Give the pods labels of their own (`app: …`). To reach the database they are clients like any other:

```yaml
pgbouncer: {clients: {reports: {namespace: payments-db, pods: {app: reports}}}}
```
"""

from collections.abc import Iterator

from pggitops import image_names
from pggitops.findings import Severity, Violation
from pggitops.network.pods import pod_spec_path
from pggitops.parts.names import PREFIX
from pggitops.policies import Facts

severity = Severity.ERROR
about = {"ready": tuple(image_names.PODS)}


def check_environment(facts: Facts) -> Iterator[Violation]:
    for name, pod in facts.reachability().workloads:
        is_here = pod.namespace == facts.environment.namespace.name
        for key in pod.labels if is_here else ():
            if key.startswith(f"{PREFIX}/"):
                path = (*pod_spec_path(facts.manifests[name].document)[:-1], "metadata", "labels", key)
                message = f"pods of {pod.name} carry the operator's label {key}, and pass for the database's own"
                yield Violation(message, "Give them a label of their own.", path, manifest=name)
                break
