"""The write-ahead log takes most of its volume in the ordinary course of things.

## Why

`max_wal_size` is a soft limit: a heavy load, a failing `archive_command` or a replica that is away goes beyond it.
Where half of the volume is used as it is, there is no time left to notice (PostgreSQL manual, `max_wal_size`).

## How to fix

Make the volume three or four times as large as `max_wal_size`, with room for what is kept for replicas.
"""

from collections.abc import Iterator

from pggitops import sizing, volumes
from pggitops.findings import Severity, Violation
from pggitops.model import Cluster
from pggitops.policies import Facts

severity = Severity.WARNING
lenient = Severity.INFO


def check_cluster(facts: Facts, cluster: Cluster) -> Iterator[Violation]:
    name, resource = facts.resource(cluster)
    there = volumes.smallest_for_wal(resource.document)
    if there is None:
        return
    sizes = volumes.kept(resource.document)
    usual = sizes["max_wal_size"]
    # PostgreSQL 12 keeps by max_wal_size alone
    kept = max((size for key, size in sizes.items() if key != "max_wal_size"), default=0)
    # what does not fit at all is told by wal-larger-than-volume
    if max(sizes.values()) >= there.size or (usual <= there.size / 2 and usual + kept <= there.size):
        return
    and_kept = f", with {sizing.shown(kept)} kept for replicas," if usual <= there.size / 2 else ""
    message = (
        f"max_wal_size is {sizing.shown(usual)}{and_kept} and the {there.what} of {there.name} has"
        f" {sizing.shown(there.size)}"
    )
    written = sizing.written(resource.document, *sorted(sizes, key=lambda key: -sizes[key]))
    fix = f"Write a volume of {sizing.for_kubernetes(usual * 3 + max(kept, 0))}, or less of the log."
    yield Violation(message, fix, sizing.at(written) if written else there.path, manifest=name)
