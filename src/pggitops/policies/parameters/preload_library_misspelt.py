"""A library to be loaded at start has a name that no library has.

## Why

PostgreSQL does not start without a library it is told to load. Patroni does not look at the list, and the operator
restarts the servers at once, the primary first: a slip of the pen is an outage. The name is the library's, which may
differ from the extension's (`pgaudit`, not `pg_audit`).

## How to fix

Write the library's name. What the operator's built-in extensions need, it adds itself. A library of one's own is left
alone unless it is very like a known one.
"""

from collections.abc import Iterator

from pggitops import parameters, preloading
from pggitops.findings import Severity, Violation, closest
from pggitops.model import Cluster
from pggitops.policies import Facts

severity = Severity.ERROR
about = {"parameters": tuple(preloading.LISTS)}


def check_cluster(facts: Facts, cluster: Cluster) -> Iterator[Violation]:
    name, resource = facts.resource(cluster)
    own = parameters.of(resource.document)
    for key in preloading.LISTS:
        if key not in own:
            continue
        for library in preloading.written(resource.document, key):
            if library in preloading.KNOWN or library in cluster.postgres.extensions.custom:
                continue
            meant = preloading.MISTAKEN.get(library) or closest(library, preloading.KNOWN, 0.85)
            if meant:
                message = f'there is no library "{library}" (did you mean "{meant}"?), so the server does not start'
                yield Violation(message, f"Write `{meant}`.", (*parameters.AT, key), manifest=name)
