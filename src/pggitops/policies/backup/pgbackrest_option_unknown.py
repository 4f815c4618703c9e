"""pgBackRest has no option of that name.

## Why

An unknown name in `[global]` is ignored with a warning in a log nobody reads: `repo1-retenton-full` keeps every backup
for ever, until the repository is full and archiving stops. A repository's option without a number is worse: every
command ends with error 31, archiving too, and the write-ahead log fills the volume of the database (pgBackRest 2.58,
`src/config/parse.c`).

## How to fix

Write the name as pgBackRest knows it, in lower case with hyphens, a repository's with its number:

    backups:
      options: {repo1-bundle: "y", process-max: "4"}
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
    yield from pgbackrest.violations(name, manifest.document, pgbackrest.Fault.UNKNOWN)
