"""Patroni's times do not go together, so it uses others.

## Why

Before its lease runs out, a primary must have time for one round and two attempts at renewing it: Patroni demands
`loop_wait + 2 * retry_timeout <= ttl`, with `ttl` of 20 s or more, and otherwise shortens the first two with a line in
its log (`_validate_and_adjust_timeouts` of 4.1.3). A short retry gives the primary up at the first hiccup of the API
server. `leaderLease` is the ttl, `sync` the loop_wait; `retry_timeout` is 10 s unless a patch says otherwise.

## How to fix

```yaml
postgres: {leaderLease: 30s, sync: 10s}
```
"""

from collections.abc import Iterator

from pggitops import units
from pggitops.findings import Severity, Violation
from pggitops.model import Cluster
from pggitops.policies import Facts

severity = Severity.WARNING

LEAST = 20


def check_cluster(facts: Facts, cluster: Cluster) -> Iterator[Violation]:
    lease, sync = units.seconds(cluster.postgres.leader_lease), units.seconds(cluster.postgres.sync)
    retry = 10
    if cluster.patch:
        _, resource = facts.resource(cluster)
        own = (resource.document["spec"].get("patroni") or {}).get("dynamicConfiguration") or {}
        given = own.get("retry_timeout", retry)
        retry = given if isinstance(given, int) else retry
    path = ("clusters", cluster.name, "postgres", "leaderLease")
    if lease < LEAST:
        message = f"a lease of {lease} s is below Patroni's least, {LEAST} s"
        yield Violation(message, f"Write `{max(LEAST, sync + 2 * retry)}s` or more.", path)
    elif sync + 2 * retry > lease:
        message = f"a lease of {lease} s is too short for a round of {sync} s and two attempts of {retry} s"
        yield Violation(message, f"Write `{sync + 2 * retry}s` or more, or a shorter `sync`.", path)
