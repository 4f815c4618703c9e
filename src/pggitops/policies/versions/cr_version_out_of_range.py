"""A cluster's crVersion leads the operator, or lags it by more than two minor versions.

## Why

An operator knows the behaviour of its own version and of the two minors before. With any other crVersion it
reconciles by rules nobody tested, and a CRD of another version drops the fields it does not know.

## How to fix

Raise the operator first, one minor at a time, and each cluster's `crVersion` after it, in a pull request of its
own.
"""

from collections.abc import Iterator

from pggitops import operators
from pggitops.findings import Severity, Violation
from pggitops.model import Cluster
from pggitops.policies import Facts

severity = Severity.ERROR


def check_cluster(facts: Facts, cluster: Cluster) -> Iterator[Violation]:
    own, operator = cluster.cr_version, facts.environment.operator.version
    if own is None:
        return
    path = ("clusters", cluster.name, "crVersion")
    if operators.number(own) > operators.number(operator):
        yield Violation(f"crVersion {own} leads the operator, {operator}", "Raise the operator first.", path)
    elif operators.minors_behind(own, operator) > 2:
        message = f"crVersion {own} lags the operator, {operator}, by more than two minor versions"
        yield Violation(message, "Raise crVersion one minor at a time, before the operator goes on.", path)
