"""A method of the planner is switched off for every query.

## Why

`enable_seqscan: off` and its like are for finding out why a plan was chosen (PostgreSQL manual, "Planner Method
Configuration"). For all queries they trade one bad plan for many, and when data grows nobody remembers why. Most often
the cause is elsewhere: statistics, or `random_page_cost` on disks that are fast.

## How to fix

Remove it; set it for the one query or role, or correct the costs: `random_page_cost: 1.1`.
"""

from collections.abc import Iterator

from pggitops import parameters
from pggitops.findings import Severity, Violation
from pggitops.model import Cluster
from pggitops.policies import Facts

severity = Severity.WARNING
lenient = Severity.INFO


def check_cluster(facts: Facts, cluster: Cluster) -> Iterator[Violation]:
    name, resource = facts.resource(cluster)
    for key, value in parameters.of(resource.document).items():
        if key.startswith("enable_") and parameters.truth(value) is False:
            known = parameters.parameter(key, cluster.postgres.version)
            if known is not None and known.default == "on":
                message = f"{key} is off for every query"
                yield Violation(message, "Remove it.", (*parameters.AT, key), manifest=name)
