"""The statements for a new cluster are in a ConfigMap that nothing makes.

## Why

The operator runs `initSql` once, as soon as the server takes statements. Without the ConfigMap, or without that key in
it, it stops there and begins anew, so that what comes after is not done either (`reconcileDatabaseInitSQL` of its
internal/controller/postgrescluster/postgres.go, 3.0.0).

## How to fix

Put the ConfigMap into the environment's `manifests/`. Where somebody else makes it, say so in a waiver.
"""

from collections.abc import Iterator

from pggitops.findings import Severity, Violation
from pggitops.model import Cluster
from pggitops.policies import Facts

severity = Severity.WARNING
about = {"words": ("postgres.init_sql",)}


def check_cluster(facts: Facts, cluster: Cluster) -> Iterator[Violation]:
    sql = cluster.postgres.init_sql
    if sql is None:
        return
    maps = [manifest.document for _, manifest in facts.of_kind("ConfigMap")]
    named = next((each for each in maps if each["metadata"].get("name") == sql.config_map), None)
    at = ("clusters", cluster.name, "postgres", "initSql")
    if named is None:
        message = f"nothing makes the ConfigMap {sql.config_map}"
        yield Violation(message, "Put it into `manifests/`.", (*at, "configMap"))
    elif sql.key not in (named.get("data") or {}):
        message = f'the ConfigMap {sql.config_map} has no key "{sql.key}"'
        yield Violation(message, f"Write one of {', '.join(named.get('data') or ['…'])}.", (*at, "key"))
