"""The operator is of a major that is no longer supported.

## Why

Fixes come in new minor versions of the current major only (percona.com, "Release Lifecycle" of the operators); 2.x has
ended on 2026-08-31. Kubernetes goes on meanwhile, and so do the images, which an old operator does not know.

## How to fix

Raise `operator.version` one minor version at a time, 2.8 to 2.9 to 3.0, then each cluster's `crVersion`. From 2.9 to
3.0 there is no way back: try it where it may fail. How many days before the end the warning begins is a setting:
`policies: {operator-unsupported: {days: 90}}`.
"""

from collections.abc import Iterator

from pggitops import support
from pggitops.findings import Severity, Violation
from pggitops.policies import Facts

severity = Severity.WARNING
lenient = Severity.INFO
settings = {"days": 90}


def check_environment(facts: Facts) -> Iterator[Violation]:
    version = facts.environment.operator.version
    end = support.end_of_operator(version)
    left = (end - facts.today).days if end else None
    if left is None or left > facts.setting("operator-unsupported", "days"):
        return
    when = f"has ended on {end}" if left < 0 else f"ends in {left} days, on {end}"
    message = f"the support of operator {version} {when}"
    yield Violation(message, "Raise it, one minor version at a time.", ("operator", "version"))
