"""An instance set has less room for the same data than another one.

## Why

Every instance holds all of the data. The smaller volume is full first: the instance stops replaying, and if it has
become the primary, the database is down while its replicas have room (the operator does not choose where to fail over).

## How to fix

Give all sets the same `storage`.
"""

from collections.abc import Iterator

from pggitops import sizing, volumes
from pggitops.findings import Severity, Violation
from pggitops.model import Cluster
from pggitops.policies import Facts

severity = Severity.WARNING
lenient = Severity.INFO
about = {"words": ("instances.sets", "patch")}


def check_cluster(facts: Facts, cluster: Cluster) -> Iterator[Violation]:
    name, resource = facts.resource(cluster)
    if len(resource.document["spec"]["instances"]) < 2:
        return
    found = [volume for volume in volumes.of(resource.document) if volume.what == "data volume"]
    largest = max(found, key=lambda volume: volume.size, default=None)
    for volume in found:
        if largest is not None and volume.size < largest.size:
            message = (
                f"{volume.name} has {sizing.shown(volume.size)} for what takes up to {sizing.shown(largest.size)}"
                f" in {largest.name}"
            )
            yield Violation(
                message, f"Write `storage: {sizing.for_kubernetes(largest.size)}`.", volume.path, manifest=name
            )
