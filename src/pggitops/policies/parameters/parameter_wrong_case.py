"""A patch writes a server parameter's name in capitals.

## Why

PostgreSQL reads names in any case, the operator does not. `JIT: on` stands beside the operator's own `jit: off`, and
which of the two lasts is the order they are written in; `MAX_CONNECTIONS` escapes Patroni's check of the minimum
(`internal/patroni/config.go`, where the two maps are joined by their keys). The overlay's own words allow lower case
only; a patch comes past that.

## How to fix

Write the name in lower case, and under `postgres.parameters` rather than in a patch.
"""

from collections.abc import Iterator

from pggitops import parameters
from pggitops.findings import Severity, Violation
from pggitops.model import Cluster
from pggitops.policies import Facts

severity = Severity.ERROR
about = {"words": ("patch",)}


def check_cluster(facts: Facts, cluster: Cluster) -> Iterator[Violation]:
    name, resource = facts.resource(cluster)
    for key in parameters.of(resource.document):
        if key != key.lower() and parameters.parameter(key, cluster.postgres.version):
            message = f"{key} is read by PostgreSQL as {key.lower()}, and by the operator as another parameter"
            path = (*parameters.AT, key)
            yield Violation(message, f"Write `{key.lower()}`.", path, manifest=name, at_key=True)
