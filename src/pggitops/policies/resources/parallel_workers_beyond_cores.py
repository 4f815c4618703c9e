"""One query may use more processes than the instance has cores.

## Why

Workers beyond the cores only wait for each other, and one report takes the time of every other session. Half of the
cores for one query is where advice begins (PostgreSQL manual, `max_parallel_workers_per_gather`).

## How to fix

Write half of the cores, or give the instances more of them.
"""

from collections.abc import Iterator

from pggitops import parameters, sizing
from pggitops.findings import Severity, Violation
from pggitops.model import Cluster
from pggitops.policies import Facts

severity = Severity.WARNING
lenient = Severity.INFO

_KEY = "max_parallel_workers_per_gather"
about = {"parameters": (_KEY,)}


def check_cluster(facts: Facts, cluster: Cluster) -> Iterator[Violation]:
    name, resource = facts.resource(cluster)
    if not sizing.written(resource.document, _KEY):
        return
    wanted = parameters.number(resource.document, _KEY)
    cores = [most for each in sizing.instances(resource.document) if (most := each.cpu_limit or each.cpu)]
    # 2 is the default
    if cores and wanted > max(min(cores), 2):
        message = f"{_KEY}: {wanted:g} workers for one query, and an instance has {min(cores):g} cores"
        yield Violation(message, f"Write {max(int(min(cores) / 2), 1)}.", sizing.at(_KEY), manifest=name)
