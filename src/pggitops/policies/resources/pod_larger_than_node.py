"""A pod asks for more than any node has.

## Why

Requests are met by one node or not at all: the pod stays Pending while the pool has plenty of memory in all. What
counts is what a node can give to pods (allocatable), not the size of the machine.

## How to fix

Ask for less, or let it run on a pool of larger nodes.
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
    if not target.node_pools:
        return
    name, resource = facts.resource(cluster)
    told = set()
    for path, _, pods in placement.placed(resource.document):
        cause = (pods.cpu, pods.memory, pods.terms)
        if placement.has_room(target, pods) is not False or cause in told:
            continue
        told.add(cause)
        accepting = placement.accepting(target.node_pools.values(), pods)
        best = max(accepting, key=lambda pool: placement.room(pool)[1])
        cpu, memory = placement.room(best)
        is_memory = bool(memory) and pods.memory > memory
        what = f"{sizing.shown(pods.memory)} of memory" if is_memory else f"{pods.cpu:g} cores"
        there = sizing.shown(memory) if is_memory else f"{cpu:g}"
        message = f"{pods.what} asks for {what}, and a node of {best.name} has {there}"
        at = (*path, "resources", "requests", "memory" if is_memory else "cpu")
        fix = f"Write less than {there}, with room for what else the nodes run."
        yield Violation(message, fix, at, manifest=name)
