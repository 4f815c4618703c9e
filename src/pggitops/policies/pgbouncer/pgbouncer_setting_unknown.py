"""PgBouncer is given a setting it does not know.

## Why

An unknown name fails the load of the whole file. On a reload PgBouncer goes on with what stood before that line, so
that nothing is noticed; the next pod to start dies at once, and with it the only way in to the database (`cannot load
config file`; nobody else checks the names: the operator reloads "without validation").

## How to fix

Write the name as PgBouncer spells it (its manual, "Configuration"). PostgreSQL's parameters go under
`postgres.parameters`.
"""

from collections.abc import Iterator

from pggitops import pooler
from pggitops.findings import Severity, Violation
from pggitops.model import Cluster
from pggitops.policies import Facts

severity = Severity.ERROR
about = {"problems": ("pgbouncer",)}


def check_cluster(facts: Facts, cluster: Cluster) -> Iterator[Violation]:
    name, resource = facts.resource(cluster)
    for path, problem in pooler.found(resource.document, "unknown"):
        yield Violation(problem.message, problem.fix, path, manifest=name, at_key=True)
