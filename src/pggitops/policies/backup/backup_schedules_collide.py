"""Two backups of one cluster are to start in the same minute.

## Why

Only one backup of a cluster runs at a time (the Lease `pg-NAME-backup-lock`). Of two that start together it is chance
which comes first: the differential one right behind the full one holds nothing, the one before it hangs on last week's.

## How to fix

Let the smaller one skip the day of the larger, `full: 17 1 * * 0` with `differential: 17 1 * * 1-6`, or shift it by
some hours.
"""

from collections.abc import Iterator
from itertools import combinations

from pggitops.findings import Severity, Violation
from pggitops.model import Cluster
from pggitops.policies import Facts
from pggitops.retention import schedules

severity = Severity.WARNING
lenient = Severity.INFO


def check_cluster(facts: Facts, cluster: Cluster) -> Iterator[Violation]:
    every = [(repo.name, *each) for repo in cluster.backups.ordered for each in schedules(repo)]
    told = set()
    for (first, one, text, fires), (second, other, other_text, other_fires) in combinations(every, 2):
        if (second, other) in told or not fires.meets(other_fires):
            continue
        told.add((second, other))
        where = "" if first == second else f" of {first}"
        message = f'the {other} backup ("{other_text}") starts together with the {one} one{where} ("{text}")'
        path = ("clusters", cluster.name, "backups", "repos", second, "schedules", other)
        yield Violation(message, "Move one of them by some hours, or leave out the days they share.", path)
