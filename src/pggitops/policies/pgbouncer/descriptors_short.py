"""PgBouncer may need more file descriptors than a process gets.

## Why

Every connection is a descriptor, and PgBouncer does not raise its limit: when there are none left, clients are refused
although `max_client_conn` is not reached. At most it needs `max_client_conn` plus a pool for each user of each database
(PgBouncer manual, `max_client_conn`). How many a container gets is the runtime's to say.

## How to fix

Lower `max_client_conn` and add replicas of PgBouncer, which has one thread in any case. Where the nodes grant more,
write how many: setting `descriptors` of this policy, 65536 by default.
"""

from collections.abc import Iterator

from pggitops import pooler
from pggitops.findings import Severity, Violation
from pggitops.model import Cluster
from pggitops.policies import Facts

severity = Severity.WARNING
lenient = Severity.INFO
about = {"pgbouncer": ("max_client_conn",)}
settings = {"descriptors": 65536}


def check_cluster(facts: Facts, cluster: Cluster) -> Iterator[Violation]:
    name, resource = facts.resource(cluster)
    key = "max_client_conn"
    if key not in pooler.of(resource.document):
        return
    databases = {database for user in cluster.users.values() for database in user.databases}
    pools = max(len(databases), 1) * max(len(cluster.users), 1)
    clients, size = (int(pooler.number(resource.document, word)) for word in (key, "default_pool_size"))
    most = facts.setting("descriptors-short", "descriptors")
    if (needed := clients + size * pools + 10) > most:
        message = f"{key}: {clients} takes up to {needed} descriptors, of {most}"
        fix = f"Write {max(most - size * pools - 10, 0)} or less, and more replicas."
        yield Violation(message, fix, (*pooler.GLOBAL, key), manifest=name)
