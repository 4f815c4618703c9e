"""A patch sets `spec.config.parameters`, which the operator does not read.

## Why

The field is in the CRD since 2.9, with rules of its own, and no code of the operator reads it (2.9.0, 3.0.0): the API
server accepts it, and the server runs without it.

## How to fix

```yaml
postgres: {parameters: {work_mem: 64MB}}
```
"""

from collections.abc import Iterator

from pggitops.findings import Severity, Violation
from pggitops.model import Cluster
from pggitops.policies import Facts

severity = Severity.ERROR
about = {"words": ("patch",)}


def check_cluster(facts: Facts, cluster: Cluster) -> Iterator[Violation]:
    name, resource = facts.resource(cluster)
    given = (resource.document["spec"].get("config") or {}).get("parameters")
    if given:
        names = sorted(given)
        message = f"the operator does not read spec.config.parameters ({', '.join(names)})"
        fix = "Move them to `postgres.parameters`."
        yield Violation(message, fix, ("spec", "config", "parameters", names[0]), manifest=name, at_key=True)
