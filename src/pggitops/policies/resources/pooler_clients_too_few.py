"""PgBouncer lets in fewer clients than its pools have connections.

## Why

`max_client_conn` is for all clients of one pgBouncer. Where it is less than the pools hold, they are never full, and
clients are refused (`no more connections allowed`) while the server has connections to give.

## How to fix

Write several times what the pools hold: clients that wait cost pgBouncer little, and are what it is for.
"""

from collections.abc import Iterator

from pggitops import pooler, pools
from pggitops.findings import Severity, Violation
from pggitops.model import Cluster
from pggitops.policies import Facts

severity = Severity.WARNING
lenient = Severity.INFO
about = {"pgbouncer": ("max_client_conn", "default_pool_size")}


def check_cluster(facts: Facts, cluster: Cluster) -> Iterator[Violation]:
    name, resource = facts.resource(cluster)
    own = pooler.of(resource.document)
    key = next((key for key in ("max_client_conn", "default_pool_size") if key in own), None)
    if key is None:
        return
    asked, clients = pools.demand(resource.document), pooler.number(resource.document, "max_client_conn")
    # one pool alone that could not be filled: all of them are seldom full at once
    if clients < asked.pool:
        message = f"max_client_conn is {clients:g}, and one pool has {asked.pool} connections"
        yield Violation(message, f"Write {asked.pool * 5} or more.", (*pooler.GLOBAL, key), manifest=name)
