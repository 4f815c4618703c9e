"""Both pg_stat_monitor and pg_stat_statements are on.

## Why

The two count the same queries and get in each other's way, so the operator refuses a cluster with both. The API
server knows nothing of it: the resource is taken, and from then on the operator does nothing for the cluster. One that
is left out may be on as well: before crVersion 2.9.0 pg_stat_monitor, since then the one that PMM asks (`Default` and
`Validate` of the operator's `perconapgcluster_types.go`, 3.0.0).

## How to fix

Keep one of them: `postgres: {extensions: {pg_stat_monitor: true, pg_stat_statements: false}}`, or the other way round.
"""

from collections.abc import Iterator
from typing import Any

from pggitops import operators
from pggitops.findings import Severity, Violation
from pggitops.patterns import pattern
from pggitops.policies import Facts

severity = Severity.ERROR

_NUMBER = pattern(r"[0-9]+\.[0-9]+\.[0-9]+")


def check_environment(facts: Facts) -> Iterator[Violation]:
    for name, manifest in facts.of_kind("PerconaPGCluster"):
        spec = manifest.document.get("spec") or {}
        written = (spec.get("extensions") or {}).get("builtin") or {}
        if not (written.get("pg_stat_monitor", True) and written.get("pg_stat_statements", True)):
            continue
        on = {**_by_default(spec), **written}
        if on["pg_stat_monitor"] and on["pg_stat_statements"]:
            last = "pg_stat_statements" if "pg_stat_statements" in written else "pg_stat_monitor"
            silent = [f"{each} by default" for each in _by_default(spec) if each not in written]
            message = f"pg_stat_monitor and pg_stat_statements are both on{', ' if silent else ''}{''.join(silent)}"
            fix = "Switch one of them off: the operator refuses both."
            yield Violation(message, fix, ("spec", "extensions", "builtin", last), manifest=name)


def _by_default(spec: dict[str, Any]) -> dict[str, bool]:
    version = str(spec.get("crVersion") or "")
    if _NUMBER().fullmatch(version) and operators.number(version) < (2, 9):
        return {"pg_stat_monitor": True, "pg_stat_statements": False}
    pmm = spec.get("pmm") or {}
    asked = pmm.get("querySource", "pgstatmonitor") if pmm.get("enabled") else ""
    return {"pg_stat_monitor": asked == "pgstatmonitor", "pg_stat_statements": asked == "pgstatstatements"}
