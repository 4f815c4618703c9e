"""PgBouncer has less memory than its clients need to be connected at all.

## Why

A connection costs PgBouncer about 2 kB while it is idle (PgBouncer's "Features" page), more with TLS and while it
works. At its limit the process is killed, and with it go all clients of that pod at once; they come back together.

## How to fix

Give it more memory, or let in fewer clients with `max_client_conn`.
"""

from collections.abc import Iterator

from pggitops import pooler, sizing
from pggitops.findings import Severity, Violation
from pggitops.model import Cluster
from pggitops.policies import Facts

severity = Severity.WARNING
about = {"pgbouncer": ("max_client_conn",)}

CONNECTION = 2048
"""Bytes of an idle client."""


def check_cluster(facts: Facts, cluster: Cluster) -> Iterator[Violation]:
    name, resource = facts.resource(cluster)
    own = pooler.of(resource.document)
    if "max_client_conn" not in own:
        return
    path = ("spec", "proxy", "pgBouncer", "resources", "limits", "memory")
    limit = resource.document["spec"]["proxy"]["pgBouncer"].get("resources", {}).get("limits", {}).get("memory")
    clients = pooler.number(resource.document, "max_client_conn")
    needed = clients * CONNECTION
    if limit is not None and needed > (sizing.amount(limit) or needed):
        message = f"{clients:g} idle clients (max_client_conn) take {needed / 2**20:.0f}Mi, and the limit is {limit}"
        yield Violation(message, f"Write {2 * needed / 2**20:.0f}Mi or more.", path, manifest=name)
