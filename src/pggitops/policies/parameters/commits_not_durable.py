"""A commit is confirmed before it is safe.

## Why

With `synchronous_commit` off the server answers a commit before its WAL is on disk: a crash loses up to three times
`wal_writer_delay` of confirmed commits (PostgreSQL manual, "Asynchronous Commit"). With `local` no commit waits for a
replica, which makes synchronous replication have no effect: a failover loses what it was there to save.

## How to fix

Remove it, and let the sessions that can afford it say `SET synchronous_commit = off`, or a role
(`ALTER ROLE importer SET …`). Where the whole cluster can afford it, write a waiver with the reason.
"""

from collections.abc import Iterator

from pggitops import parameters
from pggitops.findings import Severity, Violation
from pggitops.model import Cluster
from pggitops.policies import Facts

severity = Severity.ERROR
lenient = Severity.INFO
about = {"parameters": ("synchronous_commit",)}


def check_cluster(facts: Facts, cluster: Cluster) -> Iterator[Violation]:
    name, resource = facts.resource(cluster)
    key = "synchronous_commit"
    value = parameters.of(resource.document).get(key)
    if value is None:
        return
    is_off = parameters.truth(value) is False
    message = ""
    if cluster.postgres.synchronous != "off" and (is_off or value == "local"):
        message = f"{key}: {parameters.text(value)} makes `synchronous: {cluster.postgres.synchronous}` have no effect"
    elif is_off:
        message = "a crash loses the last commits that were confirmed"
    if message:
        fix = "Remove it; set it for the roles or sessions that can afford it."
        yield Violation(message, fix, (*parameters.AT, key), manifest=name)
