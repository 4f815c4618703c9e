"""Prepared statements break, because PgBouncer does not follow them.

## Why

In `transaction` mode each transaction may get another server connection. PgBouncer prepares a client's statements there
as needed, if `max_prepared_statements` is above 0 (200 by default since 1.24). With 0, drivers that prepare by
themselves (JDBC after five executions, asyncpg, Npgsql, pgx) fail now and then with `prepared statement does not
exist`.

## How to fix

Remove it, or write the number of statements that a client has at a time.
"""

from collections.abc import Iterator

from pggitops import pooler
from pggitops.findings import Severity, Violation
from pggitops.model import Cluster
from pggitops.policies import Facts

severity = Severity.WARNING
about = {"pgbouncer": ("max_prepared_statements",)}


def check_cluster(facts: Facts, cluster: Cluster) -> Iterator[Violation]:
    name, resource = facts.resource(cluster)
    key = "max_prepared_statements"
    if key not in pooler.of(resource.document) or pooler.number(resource.document, key) > 0:
        return
    mode = pooler.value(resource.document, "pool_mode").lower()
    if mode != "session":
        message = f"{key}: 0 breaks drivers that prepare statements, in pool mode {mode}"
        yield Violation(message, "Remove it.", (*pooler.GLOBAL, key), manifest=name)
