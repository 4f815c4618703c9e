"""PMM is to ask an extension for queries that is not there.

## Why

`querySource` says which extension the PMM client reads. Where it is the one that is switched off, Query Analytics stays
empty; everything else looks right, so that it is noticed when a slow query is looked for.

## How to fix

Write the source that is on: `pgstatstatements`, unless `extensions: {pg_stat_monitor: true}`.
"""

from collections.abc import Iterator

from pggitops.findings import Severity, Violation
from pggitops.model import Cluster
from pggitops.policies import Facts

severity = Severity.WARNING
lenient = Severity.INFO
about = {"words": ("monitoring.pmm", "patch")}

SOURCES = {"pgstatmonitor": "pg_stat_monitor", "pgstatstatements": "pg_stat_statements"}


def check_cluster(facts: Facts, cluster: Cluster) -> Iterator[Violation]:
    name, resource = facts.resource(cluster)
    spec = resource.document["spec"]
    pmm = spec.get("pmm") or {}
    asked = SOURCES.get(pmm.get("querySource", ""), "")
    if not pmm.get("enabled") or ((spec.get("extensions") or {}).get("builtin") or {}).get(asked) is not False:
        return
    message = f"PMM asks {asked} for queries, and it is off"
    fix = f"Write the source of queries that is on, or switch {asked} on."
    yield Violation(message, fix, ("spec", "pmm", "querySource"), manifest=name)
