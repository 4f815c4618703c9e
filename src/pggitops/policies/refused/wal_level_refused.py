"""`wal_level` is neither logical nor replica.

## Why

Below `replica` there is no archive, no standby and no point-in-time recovery. The operator refuses such a cluster; the
API server takes it, and from then on the operator does nothing for the cluster. It looks at Patroni's dynamic
configuration, where all parameters go, also those of a patch (`ValidateDynamicConfiguration` of its
`perconapgcluster_types.go`, 2.9.0 and 3.0.0). Before 2.9 it sets logical whatever is written.

## How to fix

Remove `wal_level`, which is logical then, or write `wal_level: replica`.
"""

from collections.abc import Iterator
from typing import Any

from pggitops import operators
from pggitops.findings import Severity, Violation
from pggitops.policies import Facts

severity = Severity.ERROR

PATH = ("spec", "patroni", "dynamicConfiguration", "postgresql", "parameters", "wal_level")


def check_environment(facts: Facts) -> Iterator[Violation]:
    if operators.number(facts.environment.operator.version) < (2, 9):
        return
    for name, manifest in facts.of_kind("PerconaPGCluster"):
        value: Any = manifest.document
        for step in PATH:
            value = value.get(step) if isinstance(value, dict) else None
        if value is not None and value not in ("logical", "replica"):
            message = f"wal_level is {value}; the operator takes logical or replica only"
            yield Violation(message, "Remove it, or write replica.", PATH, manifest=name)
