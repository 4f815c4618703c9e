"""The operator was not tested on the target's Kubernetes.

## Why

Each version is tested on a few of Kubernetes (e2e-tests/release_versions of the operator's tag). On an older one its
resources may hold fields the API server drops; on a newer one an API it uses may be gone. Both show when something is
done that is seldom done: a restore, an upgrade.

## How to fix

Raise whichever lags. Where the target is upgraded by somebody else's calendar, raise the operator before.
"""

from collections.abc import Iterator

from pggitops import operators, support
from pggitops.findings import Severity, Violation
from pggitops.policies import Facts

severity = Severity.WARNING
lenient = Severity.INFO


def check_environment(facts: Facts) -> Iterator[Violation]:
    target, operator = facts.environment.target, facts.environment.operator.version
    if target.kubernetes is None:
        return
    low, high = support.tested(operator, target.platform)
    own = operators.number(target.kubernetes)
    if operators.number(low) <= own <= operators.number(high):
        return
    message = f"operator {operator} was tested on Kubernetes {low} to {high}, and {target.name} has {target.kubernetes}"
    at = ("target", "kubernetes")
    if own < operators.number(low):
        yield Violation(message, "Raise Kubernetes, or wait with the operator.", at)
    else:
        yield Violation(message, "Raise the operator when one is there.", at, severity=Severity.INFO)
