"""A PgBouncer setting stands in a section that does not take it.

## Why

Some words are for an entry of `[databases]` or `[users]` only (`pool_size`, `connect_query`), others for all
(`default_pool_size`). In the wrong section a word is unknown, and the whole file is not loaded: see
pgbouncer-setting-unknown.

## How to fix

Write the name that holds for all, which the finding gives where there is one.
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
    for path, problem in pooler.found(resource.document, "section"):
        yield Violation(problem.message, problem.fix, path, manifest=name, at_key=True)
