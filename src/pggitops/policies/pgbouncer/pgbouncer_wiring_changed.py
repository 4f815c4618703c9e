"""A setting cuts PgBouncer off from what the operator built around it.

## Why

The operator makes the certificates, the user that asks PostgreSQL for passwords, the Service and its port, and writes
PgBouncer's settings to match (`internal/pgbouncer/config.go`). It lets a resource override all of them but `conffile`,
which it sets anyway. With another port, file or query nobody can log in any more, or only without the checks.

## How to fix

Remove it. A certificate of one's own is `tls.secret`.
"""

from collections.abc import Iterator

from pggitops import pooler
from pggitops.findings import Severity, Violation
from pggitops.model import Cluster
from pggitops.policies import Facts

severity = Severity.ERROR

WIRED = (
    "auth_dbname",
    "auth_file",
    "auth_query",
    "auth_user",
    "client_tls_ca_file",
    "client_tls_cert_file",
    "client_tls_key_file",
    "conffile",
    "listen_port",
    "server_tls_ca_file",
    "user",
)
about = {"pgbouncer": (*WIRED, "listen_addr")}


def check_cluster(facts: Facts, cluster: Cluster) -> Iterator[Violation]:
    name, resource = facts.resource(cluster)
    own = pooler.of(resource.document)
    for key in WIRED:
        if key in own:
            message = f"{key} is the operator's to set, and fits what it made"
            yield Violation(message, "Remove it.", (*pooler.GLOBAL, key), manifest=name, at_key=True)
    if own.get("listen_addr", "*") not in ("*", "0.0.0.0", "::", "0.0.0.0,::"):
        message = f"PgBouncer listens on {own['listen_addr']} only, and the Service cannot reach it"
        yield Violation(message, "Remove it.", (*pooler.GLOBAL, "listen_addr"), manifest=name)
