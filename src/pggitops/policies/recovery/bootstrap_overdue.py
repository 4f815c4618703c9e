"""A cluster's bootstrap still stands after the day it should be gone.

## Why

A data source that stays in Git does nothing, until somebody restores the cluster in place, or makes it anew: then
the old data comes back over the new (the operator's reconcileDataSource compares only a hash).

## How to fix

Remove `bootstrap` once the cluster runs. While it is still starting, move `until`.
"""

import datetime
from collections.abc import Iterator

from pggitops.findings import Severity, Violation
from pggitops.model import Cluster
from pggitops.policies import Facts

severity = Severity.ERROR
about = {"words": ("bootstrap",)}


def check_cluster(facts: Facts, cluster: Cluster) -> Iterator[Violation]:
    if cluster.bootstrap is None:
        return
    path = ("clusters", cluster.name, "bootstrap")
    until = cluster.bootstrap.until
    if not until:
        fix = "Add `until: YYYY-MM-DD`, the day by which it is to be removed."
        yield Violation("bootstrap has no end", fix, path)
    elif datetime.date.fromisoformat(until) < facts.today:
        yield Violation(f"bootstrap should be gone since {until}", "Remove it.", (*path, "until"))
