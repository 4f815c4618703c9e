"""pgBackRest does not take the value of an option.

## Why

Every command that knows the option ends with error 32. If archiving knows it (`compress-type: gzip`), the write-ahead
log piles up until the volume of the database is full; if only backups know it (`start-fast: "on"`), there are none from
that day on. The resource is accepted all the same.

## How to fix

Write what the message lists. Switches are "y" and "n" in quotes, sizes `128MiB`, times `30m`.
"""

from collections.abc import Iterator

from pggitops import pgbackrest
from pggitops.findings import Severity, Violation
from pggitops.model import Cluster
from pggitops.policies import Facts

severity = Severity.ERROR
about = {"problems": ("pgbackrest",)}


def check_cluster(facts: Facts, cluster: Cluster) -> Iterator[Violation]:
    name, manifest = facts.resource(cluster)
    yield from pgbackrest.violations(name, manifest.document, pgbackrest.Fault.VALUE)
