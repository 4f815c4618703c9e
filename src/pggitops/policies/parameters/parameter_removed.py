"""A server parameter is gone in this major of PostgreSQL.

## Why

Configurations outlive the majors they were written for. Patroni drops what the running major no longer knows, with one
line in its log (`postgresql/validator.py`), so that after an upgrade the setting silently ends. Only
`wal_keep_segments` is translated, and that only while Patroni remembers it.

## How to fix

Write what took its place, which the finding names; else remove it.
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
    for key, problem in parameters.found(resource.document, "removed"):
        yield Violation(problem.message, problem.fix, (*parameters.AT, key), manifest=name, at_key=True)
