"""The write-ahead log is thrown away where archiving falls behind.

## Why

`archive-push-queue-max` keeps the volume of the database from filling up: beyond that size pgBackRest tells PostgreSQL
that everything is archived, and drops it. No restore gets past that gap until the next full backup, and nothing says so
but a line in a log.

## How to fix

Remove the option, give the write-ahead log a volume of its own (`instances.wal`), and have an alert on failing
archiving. If the database must go on at any price, waive this policy with the reason.
"""

from collections.abc import Iterator

from pggitops.findings import Severity, Violation
from pggitops.model import Cluster
from pggitops.pgbackrest import options_of
from pggitops.policies import Facts

severity = Severity.WARNING
lenient = Severity.INFO

OPTIONS = ("archive-push-queue-max", "archive-queue-max")
about = {"pgbackrest": OPTIONS}


def check_cluster(facts: Facts, cluster: Cluster) -> Iterator[Violation]:
    name, manifest = facts.resource(cluster)
    options = options_of(manifest.document)
    for option in OPTIONS:
        if option in options:
            message = f"beyond {options[option]} that wait to be archived, the write-ahead log is thrown away"
            path = ("spec", "backups", "pgbackrest", "global", option)
            yield Violation(message, "Remove it, and watch the volume instead.", path, manifest=name)
