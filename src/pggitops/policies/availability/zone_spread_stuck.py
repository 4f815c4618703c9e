"""Instances are to be spread over zones that they cannot all get to.

## Why

`spread: zone` must hold: no zone may have two pods more than another. Zones count as soon as a node with the right
labels is there, also where its taints keep the pod out or the storage class has no volumes. Such a zone stays empty, so
every other one gets one pod, and the next one is Pending (Kubernetes, Pod Topology Spread Constraints,
`nodeTaintsPolicy`).

## How to fix

Restrict `nodeSelector` to the pools that are meant, take a storage class of all their zones, or write `spread: host`.
"""

from collections.abc import Iterator

from pggitops import placement, sizing
from pggitops.findings import Severity, Violation
from pggitops.model import Cluster
from pggitops.policies import Facts

severity = Severity.ERROR
lenient = Severity.WARNING


def check_cluster(facts: Facts, cluster: Cluster) -> Iterator[Violation]:
    target = facts.environment.target
    if not any(pool.zones for pool in target.node_pools.values()):
        return
    _, resource = facts.resource(cluster)
    for path, holder, pods in placement.placed(resource.document):
        if pods.spread != "zone":
            continue
        counted, open_ = placement.zones(target, resource.document, path, pods)
        closed = sorted(counted - open_)
        # where every zone is closed, pod-without-pool tells
        if open_ and closed and pods.replicas > len(open_):
            message = (
                f"{pods.replicas} pods like {pods.what} by zone, but of {', '.join(sorted(counted))} they get to"
                f" {', '.join(sorted(open_))} only: {pods.replicas - len(open_)} stay Pending"
            )
            fix = f"Open {', '.join(closed)} to them, or write `spread: host`."
            at = sizing.word(cluster, path, holder, "spread")
            yield Violation(message, fix, at)
