"""A server parameter is lower than Patroni allows.

## Why

Patroni passes some parameters on the command line, and only if they are large enough for it to work: below its minimum
it takes its own default, with one line in its log (`ConfigHandler.CMDLINE_OPTIONS`). `max_connections: 20` is 100 then,
with the memory that takes.

## How to fix

Write at least the minimum; PostgreSQL's own bounds are wider. To keep the number of connections low, limit the pools.
"""

from collections.abc import Iterator

from pggitops import guc, parameters
from pggitops.findings import Severity, Violation
from pggitops.managed_parameters import MINIMUMS
from pggitops.model import Cluster
from pggitops.policies import Facts

severity = Severity.ERROR
about = {"parameters": tuple(MINIMUMS)}


def check_cluster(facts: Facts, cluster: Cluster) -> Iterator[Violation]:
    name, resource = facts.resource(cluster)
    major = cluster.postgres.version
    for key, value in parameters.of(resource.document).items():
        if key in MINIMUMS and not parameters.judge(key, value, major):
            least, instead = MINIMUMS[key]
            known = parameters.parameter(key, major)
            if known is not None and parameters.number(resource.document, key) < least:
                shown = guc.spoken(least, known.unit)
                message = f"{key}: {value} is below Patroni's minimum of {shown}, so {instead} is used"
                yield Violation(message, f"Write {shown} or more.", (*parameters.AT, key), manifest=name)
