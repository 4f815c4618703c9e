"""What surrounds a change: both PerconaPGClusters and every object of both sides."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import field
from typing import Any

from pggitops.plan.model import Change, Side
from pggitops.record import record


@record
class Context:
    """One cluster, or what an environment or the fleet has besides, on both sides."""

    old: Mapping[str, Any] | None
    new: Mapping[str, Any] | None
    old_objects: Side = field(default_factory=dict)
    new_objects: Side = field(default_factory=dict)
    expandable: Mapping[str, bool] = field(default_factory=dict)
    changes: tuple[Change, ...] = ()


def of(changes: Iterable[Change], old: Side, new: Side, expandable: Mapping[str, bool] | None = None) -> Context:
    """The context of one cluster's changes among the objects of both sides."""
    return Context(None, None, old, new, expandable or {}, tuple(changes))
