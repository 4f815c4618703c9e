"""The server insists on huge pages that its pods do not have.

## Why

With `huge_pages: on` PostgreSQL does not start without them, and a container has none but those in its limits
(`hugepages-2Mi`). The operator sets `try` where a set has such a limit, and `off` where it has none
(`internal/postgres/huge_pages.go`).

## How to fix

Remove it, or write `try`. To have huge pages, give every instance set a limit by a patch:

```yaml
patch: {spec: {instances: {instance1: {resources: {limits: {hugepages-2Mi: 4Gi}}}}}}
```
"""

from collections.abc import Iterator

from pggitops import parameters
from pggitops.findings import Severity, Violation
from pggitops.model import Cluster
from pggitops.policies import Facts

severity = Severity.ERROR
about = {"parameters": ("huge_pages",)}


def check_cluster(facts: Facts, cluster: Cluster) -> Iterator[Violation]:
    name, resource = facts.resource(cluster)
    own = parameters.of(resource.document)
    if "huge_pages" not in own or not parameters.truth(own["huge_pages"]):
        return
    for instances in resource.document["spec"]["instances"]:
        limits = (instances.get("resources") or {}).get("limits") or {}
        if not any(key.startswith("hugepages-") for key in limits):
            message = f"huge_pages is on, and {instances.get('name')} has no limit of huge pages: it does not start"
            yield Violation(message, "Write `try`, or remove it.", (*parameters.AT, "huge_pages"), manifest=name)
            return
