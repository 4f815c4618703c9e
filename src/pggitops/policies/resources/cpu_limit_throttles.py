"""A production database may not use one whole core.

## Why

When the limit is used up, the kernel stops all processes of the container for the rest of each tenth of a second, also
the one that holds a lock, and Patroni, whose leader key must be renewed in time. Below one core a single query, a
checkpoint or a TLS handshake is enough for that.

## How to fix

Leave `limits.cpu` out: the request is what a busy node guarantees, and an idle one gives more. Or write 1 or more.
"""

from collections.abc import Iterator

from pggitops import sizing
from pggitops.findings import Severity, Violation
from pggitops.model import Cluster, is_lenient
from pggitops.policies import Facts

severity = Severity.WARNING
lenient = Severity.INFO


def check_cluster(facts: Facts, cluster: Cluster) -> Iterator[Violation]:
    if is_lenient(facts.environment.tier_of(cluster)):
        return
    name, resource = facts.resource(cluster)
    poolers = [room for path, _, room in sizing.containers(resource.document) if path == sizing.POOLER]
    for room in (*sizing.instances(resource.document), *poolers):
        if room.cpu_limit is not None and room.cpu_limit < 1:
            message = f"{room.name or 'pgBouncer'} is stopped whenever it has used {room.cpu_limit:g} cores"
            yield Violation(message, "Remove `limits.cpu`.", (*room.path, "limits", "cpu"), manifest=name)
