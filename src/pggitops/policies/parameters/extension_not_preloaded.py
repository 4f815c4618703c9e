"""An extension is installed whose library has to be loaded at start, and is not.

## Why

Some extensions keep shared memory or a background worker, which only a library in `shared_preload_libraries` can have.
Without it `CREATE EXTENSION` fails, or the extension is there and does nothing. The operator loads the libraries of its
built-in extensions only (`internal/patroni/config.go`).

## How to fix

Loading it restarts the server.

```yaml
postgres:
  extensions: {custom: {pg_cron: {version: 1.6.4}}}
  parameters: {shared_preload_libraries: pg_cron}
```
"""

from collections.abc import Iterator

from pggitops import parameters, preloading
from pggitops.findings import Severity, Violation
from pggitops.model import Cluster
from pggitops.policies import Facts

severity = Severity.ERROR
about = {"words": ("postgres.extensions.custom",)}


def check_cluster(facts: Facts, cluster: Cluster) -> Iterator[Violation]:
    for extension in cluster.postgres.extensions.custom:
        library = preloading.NEEDED.get(extension)
        if library is None:
            continue
        _, resource = facts.resource(cluster)
        if library not in preloading.loaded(resource.document):
            own = parameters.of(resource.document).get("shared_preload_libraries")
            message = f"{extension} works only if its library is loaded at start"
            fix = f"Write `shared_preload_libraries: {f'{own},{library}' if own else library}`."
            path = ("clusters", cluster.name, "postgres", "extensions", "custom", extension)
            yield Violation(message, fix, path, at_key=True)
