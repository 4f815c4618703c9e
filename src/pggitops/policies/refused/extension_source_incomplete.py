"""An extension is asked for, and the operator cannot bring it.

## Why

Extensions of one's own are fetched by a container beside each instance, from a store. Without `storage` with a Secret
the operator goes past them without a word, and the library is never there; without `image` for that container it stops
at the cluster with an error (`reconcileCustomExtensions` of its percona/controller/pgcluster/controller.go, 3.0.0).

## How to fix

```yaml
postgres:
  extensions:
    image: percona/percona-postgresql-operator:3.0.0
    storage: {type: s3, bucket: acme-extensions, region: eu-central-1, secret: extensions-read}
    custom: {pg_cron: {version: 1.6.1}}
```
"""

from collections.abc import Iterator

from pggitops.findings import Severity, Violation
from pggitops.model import Cluster
from pggitops.policies import Facts

severity = Severity.ERROR
about = {"words": ("postgres.extensions.custom", "patch")}


def check_cluster(facts: Facts, cluster: Cluster) -> Iterator[Violation]:
    name, resource = facts.resource(cluster)
    extensions = resource.document["spec"].get("extensions") or {}
    if not extensions.get("custom"):
        return
    names = ", ".join(each["name"] for each in extensions["custom"])
    at = ("spec", "extensions", "custom")
    if not (extensions.get("storage") or {}).get("secret"):
        message = f"{names} is never installed: there is no store with a Secret to fetch it from"
        yield Violation(message, "Add `storage` with its `secret`.", at, manifest=name)
    elif not extensions.get("image"):
        message = f"the operator stops at this cluster: no image is named that fetches {names}"
        yield Violation(message, "Add `image`, that of the operator.", at, manifest=name)
