"""A user of an application is an administrator of PgBouncer.

## Why

Who is in `admin_users` may log in to PgBouncer's console and `PAUSE`, `KILL` or `SHUTDOWN` it, for all databases
(PgBouncer manual, "Admin console"). The password is the application's, and lies wherever the application runs.

## How to fix

Remove it. To watch, `stats_users` is enough.
"""

from collections.abc import Iterator

from pggitops import pooler
from pggitops.findings import Severity, Violation
from pggitops.model import Cluster
from pggitops.policies import Facts

severity = Severity.ERROR
lenient = Severity.WARNING
about = {"pgbouncer": ("admin_users",)}


def check_cluster(facts: Facts, cluster: Cluster) -> Iterator[Violation]:
    name, resource = facts.resource(cluster)
    admins = {each.strip() for each in str(pooler.of(resource.document).get("admin_users", "")).split(",")}
    own = sorted(admins & set(cluster.users))
    if own:
        message = f"{', '.join(own)} may pause, kill and shut down PgBouncer"
        fix = "Remove it; write `stats_users` to watch."
        yield Violation(message, fix, (*pooler.GLOBAL, "admin_users"), manifest=name)
