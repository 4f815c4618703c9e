"""A cluster's crVersion leads the operator, or lags it by more than two minor versions.

## Why

An operator knows the behaviour of its own version and of the two minors before. With any other crVersion it
reconciles by rules nobody tested, and a CRD of another version drops the fields it does not know. Without any it
writes its own into the resource once, and the next version of the operator does not follow what is in Git.

## How to fix

Raise the operator first, one minor at a time, and each cluster's `crVersion` after it, in a pull request of its
own.
"""

from collections.abc import Iterator

from pggitops import operators
from pggitops.findings import Severity, Violation
from pggitops.model import Cluster
from pggitops.patterns import pattern
from pggitops.policies import Facts

severity = Severity.ERROR

_NUMBER = pattern(r"[0-9]+[.][0-9]+[.][0-9]+")


def check_cluster(facts: Facts, cluster: Cluster) -> Iterator[Violation]:
    name, resource = facts.resource(cluster)
    own, operator = str(resource.document["spec"].get("crVersion") or ""), facts.environment.operator.version
    path = ("spec", "crVersion")
    if not _NUMBER().fullmatch(own):
        message = f'crVersion is "{own}", which is no version' if own else "nothing says the cluster's crVersion"
        at = ("clusters", cluster.name, "patch", *path)
        yield Violation(message, "Leave it to the overlay's `crVersion`.", at)
    elif operators.number(own) > operators.number(operator):
        message = f"crVersion {own} leads the operator, {operator}"
        yield Violation(message, "Raise the operator first.", path, manifest=name)
    elif operators.minors_behind(own, operator) > 2:
        message = f"crVersion {own} lags the operator, {operator}, by more than two minor versions"
        fix = "Raise crVersion one minor at a time, before the operator goes on."
        yield Violation(message, fix, path, manifest=name)
