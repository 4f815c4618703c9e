"""A client may find what the client before it left in the session.

## Why

In `session` mode `server_reset_query` (`DISCARD ALL`) cleans a server connection before the next client gets it. Empty,
the next one inherits settings, temporary tables, prepared statements and advisory locks, also a `SET ROLE` (PgBouncer
manual, `server_reset_query`). In `transaction` mode the query is not used at all unless `server_reset_query_always` is
on, which then runs it after every transaction and throws prepared statements away.

## How to fix

Remove both; the defaults fit either mode.
"""

from collections.abc import Iterator

from pggitops import pooler
from pggitops.findings import Severity, Violation
from pggitops.model import Cluster
from pggitops.policies import Facts

severity = Severity.WARNING
about = {"pgbouncer": ("server_reset_query", "server_reset_query_always")}


def check_cluster(facts: Facts, cluster: Cluster) -> Iterator[Violation]:
    name, resource = facts.resource(cluster)
    own = pooler.of(resource.document)
    is_session = pooler.value(resource.document, "pool_mode").lower() == "session"
    always = pooler.number(resource.document, "server_reset_query_always") > 0
    query, key = own.get("server_reset_query"), "server_reset_query"
    if is_session and query is not None and not str(query).strip():
        message = "an empty server_reset_query hands one client's session to the next"
        yield Violation(message, "Remove it.", (*pooler.GLOBAL, key), manifest=name)
    elif not is_session and always:
        key = "server_reset_query_always"
        message = "server_reset_query_always runs after every transaction and throws prepared statements away"
        yield Violation(message, "Remove it.", (*pooler.GLOBAL, key), manifest=name)
    elif not is_session and query and str(query).strip().upper().rstrip(";") != "DISCARD ALL":
        message = "server_reset_query is not used in this pool mode"
        yield Violation(message, "Remove it.", (*pooler.GLOBAL, key), manifest=name)
