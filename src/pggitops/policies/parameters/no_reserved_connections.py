"""No connection is kept for whoever has to help.

## Why

When the applications hold all connections, only a reserved one lets an administrator in to end some of them
(`superuser_reserved_connections`, 3 by default). The operator and Patroni log in as superusers too, and without a
reserve they cannot tell whether the server lives.

## How to fix

Remove it, or write 3 or more.
"""

from collections.abc import Iterator

from pggitops import parameters
from pggitops.findings import Severity, Violation
from pggitops.model import Cluster
from pggitops.policies import Facts

severity = Severity.ERROR
lenient = Severity.WARNING
about = {"parameters": ("superuser_reserved_connections",)}


def check_cluster(facts: Facts, cluster: Cluster) -> Iterator[Violation]:
    name, resource = facts.resource(cluster)
    key = "superuser_reserved_connections"
    if key in parameters.of(resource.document) and parameters.number(resource.document, key) == 0:
        message = "no connection is reserved for superusers, Patroni and the operator among them"
        yield Violation(message, "Write 3 or more.", (*parameters.AT, key), manifest=name)
