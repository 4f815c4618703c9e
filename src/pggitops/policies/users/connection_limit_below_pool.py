"""A user may have fewer connections than its pools open.

## Why

PgBouncer counts its own pools only. When they are full and the server refuses one more with "too many connections for
role", clients that would have waited for a moment get an error instead, and only under load.

## How to fix

Raise `CONNECTION LIMIT`, or lower the pool: `pgbouncer: {parameters: {max_user_connections: 10}}` is per pooler.
"""

from collections.abc import Iterator

from pggitops import pools, role_options
from pggitops.findings import Severity, Violation
from pggitops.model import Cluster
from pggitops.policies import Facts

severity = Severity.WARNING
lenient = Severity.INFO
about = {"options": ("connection limit",)}


def check_cluster(facts: Facts, cluster: Cluster) -> Iterator[Violation]:
    name, resource = facts.resource(cluster)
    for index, user, options in role_options.of(resource.document):
        if options.limit is None or options.limit <= 0 or options.refused:
            continue
        asked = pools.of_user(resource.document, user)
        if options.limit < asked:
            message = f"{user} may have {options.limit} connections, and its pools open up to {asked}"
            fix = f"Write CONNECTION LIMIT {asked} or more, or lower `max_user_connections` of PgBouncer."
            yield Violation(message, fix, ("spec", "users", index, "options"), manifest=name)
