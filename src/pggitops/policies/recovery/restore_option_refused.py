"""An option of a restore is one that the operator or pgBackRest does not take.

## Why

The options are joined and run by a shell, `pgbackrest restore OPTIONS`. A time without quotes is split at its blank,
and the restore Job fails again and again. Some options the operator refuses, with an event and nothing else: the
cluster never starts, and nobody sees why (`reconcileRestoreJob`, 3.0.0).

## How to fix

Write each option with `--` and its value behind `=`; a time in quotes of its own:

    options: ["--type=time", '--target="2026-11-20 12:00:00+00"']
"""

from collections.abc import Iterator

from pggitops import restoring
from pggitops.findings import Severity, Violation
from pggitops.policies import Facts

severity = Severity.ERROR


def check_environment(facts: Facts) -> Iterator[Violation]:
    for cluster in facts.environment.clusters.values():
        if cluster.bootstrap:
            for index, message, fix in restoring.refused(cluster.bootstrap.options):
                yield Violation(message, fix, ("clusters", cluster.name, "bootstrap", "options", index))
    for name, manifest in facts.of_kind("PerconaPGRestore"):
        for index, message, fix in restoring.refused((manifest.document.get("spec") or {}).get("options") or ()):
            yield Violation(message, fix, ("spec", "options", index), manifest=name)
