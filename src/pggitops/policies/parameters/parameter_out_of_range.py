"""A server parameter has a number that PostgreSQL does not allow.

## Why

Patroni sets a number below the least or above the greatest to that bound, with one line in its log
(`postgresql/validator.py`): the server runs with a value that nobody wrote. The usual cause is a missing unit:
`checkpoint_timeout: 15` is fifteen seconds.

## How to fix

Write a number within the bounds, with its unit: `checkpoint_timeout: 15min`.
"""

from collections.abc import Iterator

from pggitops import parameters
from pggitops.findings import Severity, Violation
from pggitops.model import Cluster
from pggitops.policies import Facts

severity = Severity.ERROR
about = {"problems": ("parameters",)}


def check_cluster(facts: Facts, cluster: Cluster) -> Iterator[Violation]:
    name, resource = facts.resource(cluster)
    for key, problem in parameters.found(resource.document, "range"):
        yield Violation(problem.message, problem.fix, (*parameters.AT, key), manifest=name)
