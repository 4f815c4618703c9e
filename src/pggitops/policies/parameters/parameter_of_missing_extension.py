"""A parameter is set for an extension that is not loaded.

## Why

PostgreSQL keeps any name with a dot for whoever may claim it. If the library never is loaded, nobody does, and the
setting has no effect: the audit or the statistics it was to configure are not there at all.

## How to fix

Switch the built-in extension on, or load the library:

```yaml
postgres:
  extensions: {pg_stat_statements: true}
  parameters: {shared_preload_libraries: auto_explain, auto_explain.log_min_duration: 1s}
```
"""

from collections.abc import Iterator

from pggitops import parameters, preloading
from pggitops.findings import Severity, Violation
from pggitops.model import Cluster
from pggitops.policies import Facts

severity = Severity.WARNING


def check_cluster(facts: Facts, cluster: Cluster) -> Iterator[Violation]:
    name, resource = facts.resource(cluster)
    dotted = [key for key in parameters.of(resource.document) if "." in key]
    if not dotted:
        return
    loaded = preloading.loaded(resource.document)
    custom = cluster.postgres.extensions.custom
    reported = set()
    for key in dotted:
        prefix = key.partition(".")[0]
        library = preloading.PREFIXES.get(prefix)
        if library is None or library in loaded or library in reported or library in custom:
            continue
        reported.add(library)
        word = preloading.BUILTIN.get(library)
        fix = f"Write `extensions: {{{word}: true}}`." if word else f"Add {library} to `shared_preload_libraries`."
        message = f"{key} has no effect: {library} is not loaded"
        yield Violation(message, fix, (*parameters.AT, key), manifest=name, at_key=True)
