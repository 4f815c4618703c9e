"""A query is promised parallel workers that the server does not have.

## Why

`max_parallel_workers_per_gather` takes from `max_parallel_workers`, and that from `max_worker_processes`, of which
logical replication and extensions take theirs too. What is larger than the one above it is never reached: plans are
made for workers that do not come, and are slower than without (PostgreSQL manual, Asynchronous Behavior).

## How to fix

Keep `max_worker_processes` ≥ `max_parallel_workers` ≥ `max_parallel_workers_per_gather`. The first needs a restart.
"""

from collections.abc import Iterator

from pggitops import parameters, sizing
from pggitops.findings import Severity, Violation
from pggitops.model import Cluster
from pggitops.policies import Facts

severity = Severity.WARNING
lenient = Severity.INFO

_CHAIN = (
    ("max_parallel_workers", "max_worker_processes"),
    ("max_parallel_workers_per_gather", "max_parallel_workers"),
    ("max_parallel_maintenance_workers", "max_parallel_workers"),
)
about = {"parameters": tuple({key for pair in _CHAIN for key in pair})}


def check_cluster(facts: Facts, cluster: Cluster) -> Iterator[Violation]:
    name, resource = facts.resource(cluster)
    for inner, outer in _CHAIN:
        key = sizing.written(resource.document, inner, outer)
        # 0 switches parallel queries off on purpose
        if key is None or not (most := parameters.number(resource.document, outer)):
            continue
        wanted = parameters.number(resource.document, inner)
        if wanted > most:
            default = "" if key == inner else ", the default,"
            message = f"{inner}: {wanted:g}{default} is more than {outer}, {most:g}"
            fix = f"Write `{outer}: {wanted:g}`, or `{inner}: {most:g}`."
            yield Violation(message, fix, sizing.at(key), manifest=name)
