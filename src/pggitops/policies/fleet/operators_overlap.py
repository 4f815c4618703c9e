"""Two operators look after one namespace.

## Why

Each takes the same resource for its own and writes what it thinks right, with two versions two different things: pods
are replaced in turns, and backups are made twice.

## How to fix

Let the environment use the operator that is there (`operator: {scope: cluster, install: false}` as its neighbours
do), or tell that operator which namespaces to watch (`operator.watch`) and leave this one out.
"""

from collections.abc import Iterator, Sequence

from pggitops.findings import Severity, Violation
from pggitops.model import EnvironmentSummary
from pggitops.policies import FleetViolation

severity = Severity.ERROR


def check_fleet(summaries: Sequence[EnvironmentSummary]) -> Iterator[FleetViolation]:
    # of ten thousand that share an operator one is enough
    shared: dict[str, dict[object, EnvironmentSummary]] = {}
    for summary in summaries:
        if summary.watched is not None:
            shared.setdefault(summary.target, {}).setdefault((summary.operator, summary.watched), summary)
    for summary in summaries:
        if not summary.operator_namespace:
            continue
        for other in shared.get(summary.target, {}).values():
            is_watched = not other.watched or summary.namespace in other.watched
            if is_watched and other.operator != summary.operator:
                everywhere = "" if other.watched else ", for it watches all"
                message = f'the operator of {other.name} looks after "{summary.namespace}" too{everywhere}'
                fix = "Install none here, or list in `operator.watch` there what it is to watch."
                violation = Violation(message, fix, ("operator",), at_key=True)
                yield FleetViolation(summary.name, violation, (other.name,))
                break
