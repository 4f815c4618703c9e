"""A restore asks for a moment that cannot be restored to.

## Why

pgBackRest chooses the backup by the time it is given, and takes one form of it only; without a type a target is an
error, and so is a type without a target. A moment to come lets the restored server wait for a write-ahead log that
nobody writes: the cluster never becomes ready.

## How to fix

Give type and target, the time as pgBackRest reads it, with its offset from UTC:

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
            for index, message, fix in restoring.unreachable(cluster.bootstrap.options, facts.today):
                yield Violation(message, fix, ("clusters", cluster.name, "bootstrap", "options", index))
    for name, manifest in facts.of_kind("PerconaPGRestore"):
        for index, message, fix in restoring.unreachable(
            (manifest.document.get("spec") or {}).get("options") or (), facts.today
        ):
            yield Violation(message, fix, ("spec", "options", index), manifest=name)
