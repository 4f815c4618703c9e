"""Volumes are made before it is known where their pods can run.

## Why

A class with `volumeBindingMode: Immediate` makes the volume in some zone at once. The pod that needs it must then run
there, whatever its nodes, its spread or its resources say: it stays Pending, and waits for ever (Kubernetes, Storage
Classes, Volume Binding Mode).

## How to fix

Take a class with `WaitForFirstConsumer`, in which nothing else has to differ.
"""

from collections.abc import Iterator

from pggitops import volumes
from pggitops.findings import Severity, Violation
from pggitops.model import Cluster, Target
from pggitops.policies import Facts

severity = Severity.WARNING


def check_cluster(facts: Facts, cluster: Cluster) -> Iterator[Violation]:
    target = facts.environment.target
    early = {each.name for each in target.storage_classes.values() if each.binding == "Immediate"}
    if not early:
        return
    name, resource = facts.resource(cluster)
    told = set()
    for volume in volumes.of(resource.document):
        kind = volume.storage_class or ""
        if kind in early and kind not in told and (zones := _zones(target, kind)) > 1:
            told.add(kind)
            message = (
                f"{kind} makes the {volume.what} of {volume.name} in any of {zones} zones, before its pod has a node"
            )
            fix = "Write a class with `binding: WaitForFirstConsumer`."
            yield Violation(message, fix, (*volume.path[:-3], "storageClassName"), manifest=name)


def _zones(target: Target, kind: str) -> int:
    pools = {zone for pool in target.node_pools.values() for zone in pool.zones}
    return len(set(target.storage_classes[kind].zones) or pools)
