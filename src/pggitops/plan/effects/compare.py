"""Whether a value became more or less, in the terms of what it is."""

from __future__ import annotations

from typing import Any

from pggitops import guc, parameters
from pggitops.plan.effects.differences import Difference
from pggitops.plan.effects.facts import go_seconds
from pggitops.plan.model import MISSING
from pggitops.units import quantity


def compare(difference: Difference, major: int) -> str:
    """`increased`, `decreased`, or `other` where the two cannot be compared.

    A server parameter that is not written counts with PostgreSQL's default.
    """
    if "parameters" in difference.path and "dynamicConfiguration" in difference.path:
        old, new = (_parameter(str(difference.path[-1]), each, major) for each in (difference.old, difference.new))
    else:
        old, new = _number(difference.old), _number(difference.new)
    if old is None or new is None or old == new:
        return "other"
    return "increased" if new > old else "decreased"


def _parameter(name: str, value: Any, major: int) -> float | None:
    known = parameters.parameter(name, major)
    if known is None or known.type not in ("integer", "real"):
        return None
    try:
        if value is MISSING:
            return float(known.default) if known.default else None
        return guc.real(parameters.text(value), known.unit) if not isinstance(value, list | dict) else None
    except (guc.WrongValue, ValueError):
        return None


def _number(value: Any) -> float | None:
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        return None
    try:
        return float(quantity(value))
    except ValueError:
        return go_seconds(value) if isinstance(value, str) else None
