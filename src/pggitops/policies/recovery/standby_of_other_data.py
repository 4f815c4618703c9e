"""A standby starts from the data of another cluster than the one it follows.

## Why

A restore brings the system identifier of the cluster whose backup it is, or a history that has gone its own way. The
write-ahead log of any other database is refused (`WAL file is from different database system`, PostgreSQL's
xlogreader.c and walreceiver.c): the standby starts, looks well, and never replays a change.

## How to fix

Remove `bootstrap`. A standby needs none: Patroni makes it from the repository or the primary that `standby` names. To
try a restore, make a cluster that is no standby.
"""

from collections.abc import Iterator

from pggitops.findings import Severity, Violation
from pggitops.model import Cluster
from pggitops.policies import Facts

severity = Severity.ERROR
about = {"words": ("bootstrap",)}


def check_cluster(facts: Facts, cluster: Cluster) -> Iterator[Violation]:
    own, standby = cluster.bootstrap, cluster.standby
    if own is None or standby is None or not standby.enabled or not standby.of:
        return
    here = own.namespace in (None, facts.environment.namespace.name)
    source = facts.environment.clusters.get(own.cluster or "") if here else None
    if source is None or standby.of == f"{facts.environment.name}/{source.name}":
        return
    # another standby of the same primary has the same data
    if source.standby is None or source.standby.of != standby.of:
        message = f"the standby starts from the data of {source.name}, and could never replay {standby.of}"
        yield Violation(message, "Remove `bootstrap`.", ("clusters", cluster.name, "bootstrap"))
