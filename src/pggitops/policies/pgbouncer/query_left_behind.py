"""PgBouncer drops a client whose query the server goes on with.

## Why

`query_timeout` closes the connections at PgBouncer; the query runs on in PostgreSQL, and the application's retry starts
another one beside it. PgBouncer's manual wants it slightly above a `statement_timeout` of the server, for the network
only.

## How to fix

```yaml
postgres: {parameters: {statement_timeout: 30s}}
pgbouncer: {parameters: {query_timeout: 35}}
```
"""

from collections.abc import Iterator

from pggitops import parameters, pooler
from pggitops.findings import Severity, Violation
from pggitops.model import Cluster
from pggitops.policies import Facts

severity = Severity.WARNING
about = {"pgbouncer": ("query_timeout",)}


def check_cluster(facts: Facts, cluster: Cluster) -> Iterator[Violation]:
    name, resource = facts.resource(cluster)
    key = "query_timeout"
    if key not in pooler.of(resource.document):
        return
    seconds = pooler.number(resource.document, key)
    limit = parameters.number(resource.document, "statement_timeout") / 1000
    if seconds > 0 and not 0 < limit <= seconds:
        server = f"only after {limit:g} s" if limit else "never"
        message = f"{key}: {seconds:g} drops the client, and the server ends the query {server}"
        fix = f"Write `statement_timeout: {seconds:g}s` for the server, and a little more here."
        yield Violation(message, fix, (*pooler.GLOBAL, key), manifest=name)
