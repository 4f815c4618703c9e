"""An option overrides what the operator itself tells pgBackRest.

## Why

The operator writes where repositories lie, how to reach the repository host and where archiving keeps its files, and
then lets `global` overrule it (`internal/pgbackrest/config.go`, 3.0.0). With another bucket, host or spool folder, what
the resource says and what pgBackRest does are two things: backups fail, or land where no one looks for them.

## How to fix

Remove the option and use the words for it: `backups.repos.repoN` with `s3`, `gcs`, `azure` or `volume`, and `path`.
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
    yield from pgbackrest.violations(name, manifest.document, pgbackrest.Fault.OPERATORS)
