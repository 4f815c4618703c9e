"""The databases of a target do not fit on its nodes, or no longer when one node is lost.

## Why

What does not fit stays Pending. With every node there it is the next new cluster; with one node less, it is a database
whose node was lost or is being upgraded, and it comes back when the node does. Requests, labels, taints and spread are
honoured, and backup jobs counted; what else runs on the nodes is not known.

## How to fix

Add nodes to the pool, in the target's base and in reality, or ask for less.
"""

from collections.abc import Iterator, Sequence

from pggitops import placement
from pggitops.findings import Severity, Violation
from pggitops.model import EnvironmentSummary, NodePool, Pods
from pggitops.policies import FleetViolation

severity = Severity.WARNING


def check_fleet(summaries: Sequence[EnvironmentSummary]) -> Iterator[FleetViolation]:
    targets: dict[str, list[EnvironmentSummary]] = {}
    for summary in summaries:
        if summary.node_pools:
            targets.setdefault(summary.target, []).append(summary)
    for target, here in targets.items():
        pools = here[0].node_pools
        # a pool of unknown size holds anything
        if all(pool.count and all(placement.room(pool)) for pool in pools):
            yield from _target(target, here, pools)


def _target(target: str, here: list[EnvironmentSummary], pools: tuple[NodePool, ...]) -> Iterator[FleetViolation]:
    every = placement.fitting((pods for summary in here for pods in summary.pods), pools)
    others = tuple(summary.name for summary in here[1:])
    for lost in placement.losses(pools):
        left = placement.too_many(every, pools, lost)
        if left is not None:
            pods, why = left
            when = f"when a node of {lost[0]}{f' in {lost[1]}' if lost[1] else ''} is lost" if lost else "as it is"
            message = f"the databases of {target} do not fit {when}: {why}"
            fix = f"Add a node to {_pool(pools, pods, lost)}, or ask for less."
            pool = _pool(pools, pods, lost)
            violation = Violation(message, fix, ("target", "nodePools", pool, "count"))
            yield FleetViolation(here[0].name, violation, others)
            return


def _pool(pools: tuple[NodePool, ...], pods: Pods, lost: tuple[str, str] | None) -> str:
    accepting = [pool.name for pool in placement.accepting(pools, pods)]
    return lost[0] if lost and lost[0] in accepting else accepting[0]
