"""Disruption budgets: how many pods must stay when nodes are drained.

The operator makes one for each instance set and one for pgBouncer, of `minAvailable`; left out it is 1 where there is
more than one replica, else 0 (`getMinAvailable`, 3.0.0).
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from typing import Any

from pggitops import sizing
from pggitops.findings import Path
from pggitops.record import record


@record
class Budget:
    """A budget somebody wrote: `stay` of `replicas` pods, as it is `written`, with the path of what has it."""

    who: str
    replicas: int
    stay: int
    written: int | str
    path: Path


def budgets(resource: Mapping[str, Any]) -> Iterator[Budget]:
    """The budgets that a resource sets."""
    for path, holder in (*sizing.instance_sets(resource), (sizing.POOLER, sizing.pooler(resource))):
        written, replicas = holder.get("minAvailable"), holder.get("replicas", 1)
        stay = _stay(written, replicas)
        if written is not None and stay is not None:
            who = f"instances of {holder['name']}" if path != sizing.POOLER else "pgBouncers"
            yield Budget(who, replicas, stay, written, path)


def _stay(written: Any, replicas: int) -> int | None:
    """Kubernetes rounds a share of the pods up."""
    if isinstance(written, str):
        share = written.removesuffix("%")
        return math.ceil(int(share) * replicas / 100) if share.isdecimal() and share != written else None
    return written if isinstance(written, int) else None
