"""PgBouncer waits without end for a server, or for a client to log in.

## Why

0 switches a timeout off (PgBouncer manual, "Timeouts"). Without `query_wait_timeout` clients queue behind a database
that is gone until each gives up by itself, and the application hangs rather than fails. Without
`client_login_timeout` half-open connections fill `max_client_conn`; without `server_connect_timeout` a lost node is
waited for. `server_lifetime: 0` is the opposite: every connection is closed after one use.

## How to fix

Remove it; the defaults are 120, 60, 15 and 3600 seconds.
"""

from collections.abc import Iterator

from pggitops import pooler
from pggitops.findings import Severity, Violation
from pggitops.model import Cluster
from pggitops.policies import Facts

severity = Severity.WARNING

ENDLESS = {
    "client_login_timeout": "lets connections that never log in stay",
    "query_wait_timeout": "lets clients queue for ever when the database is gone",
    "server_connect_timeout": "waits for ever for a server that does not answer",
    "server_lifetime": "closes every server connection after one use",
}
about = {"pgbouncer": tuple(ENDLESS)}


def check_cluster(facts: Facts, cluster: Cluster) -> Iterator[Violation]:
    name, resource = facts.resource(cluster)
    own = pooler.of(resource.document)
    for key, what in ENDLESS.items():
        if key in own and pooler.number(resource.document, key) == 0:
            yield Violation(f"{key}: 0 {what}", "Remove it.", (*pooler.GLOBAL, key), manifest=name)
