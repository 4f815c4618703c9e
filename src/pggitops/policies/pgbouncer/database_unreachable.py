"""A patch lists PgBouncer's databases, and leaves one out that a user has.

## Why

Without a list the operator writes one entry `*` that leads to the primary. A list of one's own replaces it
(`internal/pgbouncer/config.go`): databases that are not in it do not exist for clients, and an entry without `host`
leads to a UNIX socket that is not there. A password in an entry is in Git in plain text.

## How to fix

Add an entry `"*": host=CLUSTER-primary port=5432`, or remove `config.databases`.
"""

from collections.abc import Iterator

from pggitops import pooler
from pggitops.findings import Severity, Violation
from pggitops.model import Cluster
from pggitops.policies import Facts

severity = Severity.ERROR
about = {"words": ("patch",)}


def check_cluster(facts: Facts, cluster: Cluster) -> Iterator[Violation]:
    name, resource = facts.resource(cluster)
    entries = pooler.config(resource.document).get("databases")
    if not entries:
        return
    path = (*pooler.CONFIG, "databases")
    wanted = {database for user in cluster.users.values() for database in user.databases}
    missing = sorted(wanted - set(entries)) if "*" not in entries else []
    if missing:
        message = f"PgBouncer does not know {', '.join(missing)}, since this list replaces the entry for all"
        fix = f'Add `"*": host={cluster.name}-primary port=5432`.'
        yield Violation(message, fix, (*path, next(iter(entries))), manifest=name)
    for entry, text in entries.items():
        words = dict(pooler.pairs(str(text)))
        if "host" not in words:
            message = f"the entry {entry} has no host, so PgBouncer looks for a UNIX socket"
            yield Violation(message, f"Write `host={cluster.name}-primary`.", (*path, entry), manifest=name)
        if words.get("password"):
            message = f"the entry {entry} has a password in plain text"
            fix = "Remove it: PgBouncer logs in as the client does."
            yield Violation(message, fix, (*path, entry), manifest=name)
