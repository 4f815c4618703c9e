"""Autovacuum is off, or blind.

## Why

Without autovacuum dead rows are never reclaimed, statistics grow stale and plans with them, until the age of the oldest
transaction forces a vacuum of everything at the worst time, or the server refuses writes to prevent wraparound
(PostgreSQL manual, "Routine Vacuuming"). With `track_counts` off it runs and never finds anything to do.

## How to fix

Remove it. A table that is loaded in bulk can do without for a while:
`ALTER TABLE t SET (autovacuum_enabled = off)`.
"""

from collections.abc import Iterator

from pggitops import parameters
from pggitops.findings import Severity, Violation
from pggitops.model import Cluster
from pggitops.policies import Facts

severity = Severity.ERROR
about = {"parameters": ("autovacuum", "track_counts")}


def check_cluster(facts: Facts, cluster: Cluster) -> Iterator[Violation]:
    name, resource = facts.resource(cluster)
    own = parameters.of(resource.document)
    for key, what in (("autovacuum", "nothing vacuums"), ("track_counts", "autovacuum sees nothing to do")):
        if key in own and parameters.truth(own[key]) is False:
            yield Violation(f"{key} is off: {what}", "Remove it.", (*parameters.AT, key), manifest=name)
            return
