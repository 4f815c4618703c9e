"""An option of pgBackRest stands where it is ignored.

## Why

`backups.options` becomes the section `[global]`. pgBackRest skips there, with a warning, what belongs to a stanza
(`pg1-path`) or to the command line (`type`, `target`, `set`); whoever wrote it believes that it holds
(`src/config/parse.c`, 2.58).

## How to fix

Remove it. Options of one restore go into `bootstrap.options` or a PerconaPGRestore, those of one backup into a
PerconaPGBackup; the operator writes the stanza.
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
    yield from pgbackrest.violations(name, manifest.document, pgbackrest.Fault.MISPLACED)
