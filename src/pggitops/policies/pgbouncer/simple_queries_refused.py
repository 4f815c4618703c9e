"""PgBouncer refuses plain queries.

## Why

`disable_pqexec` switches the simple query protocol off, to make injection by several statements harder (PgBouncer
manual, `disable_pqexec`). psql, most migration tools and `BEGIN` of many drivers use it, and are cut off.

## How to fix

Remove it, unless every client is known to use the extended protocol only.
"""

from collections.abc import Iterator

from pggitops import pooler
from pggitops.findings import Severity, Violation
from pggitops.model import Cluster
from pggitops.policies import Facts

severity = Severity.WARNING
about = {"pgbouncer": ("disable_pqexec",)}


def check_cluster(facts: Facts, cluster: Cluster) -> Iterator[Violation]:
    name, resource = facts.resource(cluster)
    key = "disable_pqexec"
    if key in pooler.of(resource.document) and pooler.number(resource.document, key) > 0:
        message = "psql, migrations and many drivers are cut off: they send plain queries"
        yield Violation(message, "Remove it.", (*pooler.GLOBAL, key), manifest=name)
