"""A production database is spread over zones, and there is one zone.

## Why

With `spread: zone` the zones must differ and hosts only should. In one zone the first says nothing, so that all
instances may run on one node when the others are full.

## How to fix

Write `spread: host`, which must hold then; or give the pool nodes in more zones.
"""

from collections.abc import Iterator

from pggitops import placement, sizing
from pggitops.findings import Severity, Violation
from pggitops.model import Cluster, is_lenient
from pggitops.policies import Facts

severity = Severity.WARNING
lenient = Severity.INFO


def check_cluster(facts: Facts, cluster: Cluster) -> Iterator[Violation]:
    target = facts.environment.target
    if is_lenient(facts.environment.tier_of(cluster)) or not any(pool.zones for pool in target.node_pools.values()):
        return
    _, resource = facts.resource(cluster)
    for path, holder, pods in placement.placed(resource.document):
        if pods.spread != "zone" or pods.replicas < 2:
            continue
        counted, open_ = placement.zones(target, resource.document, path, pods)
        if len(counted) == 1 and open_:
            message = f"{pods.replicas} pods like {pods.what} by zone, and there is {next(iter(counted))} only"
            at = sizing.word(cluster, path, holder, "spread")
            yield Violation(message, "Write `spread: host`.", at)
            return
