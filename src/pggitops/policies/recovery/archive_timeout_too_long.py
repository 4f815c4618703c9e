"""The last changes of a quiet database are archived late, or only when a segment is full.

## Why

A segment of the write-ahead log is archived when its 16 MB are full or `archive_timeout` is over. The operator sets 60
seconds. With 0 a database that changes little loses hours or days, if its Kubernetes cluster is lost: what is not
archived lies only on the volumes.

## How to fix

Remove `archive_timeout`, or write at most 15 minutes. What is allowed is a setting, in seconds: `policies:
{archive-timeout-too-long: {seconds: 300}}`.
"""

from collections.abc import Iterator

from pggitops.findings import Severity, Violation
from pggitops.model import Cluster
from pggitops.policies import Facts

severity = Severity.WARNING
lenient = Severity.INFO

UNITS = {"us": 1e-6, "ms": 1e-3, "min": 60, "s": 1, "h": 3600, "d": 86400}


def check_cluster(facts: Facts, cluster: Cluster) -> Iterator[Violation]:
    value = cluster.postgres.parameters.get("archive_timeout")
    seconds = _seconds(str(value)) if value is not None and cluster.backups.enabled else None
    if seconds is None:
        return
    longest = facts.setting("archive-timeout-too-long", "seconds", 900)
    path = ("clusters", cluster.name, "postgres", "parameters", "archive_timeout")
    fix = f"Remove it, which leaves 60s, or write at most {longest}s."
    if seconds == 0:
        yield Violation("archive_timeout is 0: changes are archived only when 16 MB of them are there", fix, path)
    elif seconds > longest:
        yield Violation(f"up to {value} of changes are not archived, and lost with the Kubernetes cluster", fix, path)


def _seconds(text: str) -> float | None:
    unit = next((unit for unit in UNITS if text.endswith(unit)), "")
    number = text.removesuffix(unit).strip()
    return float(number) * UNITS.get(unit, 1) if number.replace(".", "", 1).isdecimal() else None
