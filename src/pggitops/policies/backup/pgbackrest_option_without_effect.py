"""An option of pgBackRest has no effect, because another one says otherwise.

## Why

pgBackRest drops an option of a configuration file whose condition is not met, without a word: `repo1-block` without
`repo1-bundle`, `repo1-s3-uri-style` of a repository in GCS. The backups are then not what the overlay says
(`src/config/parse.c`, 2.58).

## How to fix

Add the option it needs, or remove it.
"""

from collections.abc import Iterator

from pggitops import pgbackrest
from pggitops.findings import Severity, Violation
from pggitops.model import Cluster
from pggitops.policies import Facts

severity = Severity.WARNING
about = {"problems": ("pgbackrest",)}


def check_cluster(facts: Facts, cluster: Cluster) -> Iterator[Violation]:
    name, manifest = facts.resource(cluster)
    yield from pgbackrest.violations(name, manifest.document, pgbackrest.Fault.NO_EFFECT)
