"""A change beside a row of the table, as conditions look at it."""

from __future__ import annotations

import re
from typing import Any

from pggitops.plan.effects.context import Context, value_at
from pggitops.plan.effects.differences import Difference
from pggitops.plan.model import MISSING, Steps
from pggitops.record import record


@record
class Match:
    """A difference beside a row: `captures` are the steps that its `*` stood for."""

    difference: Difference
    captures: Steps
    context: Context


def said(document: Any, path: str, match: Match) -> Any:
    """What a document says at a dotted path, where `$0` is the first `*`; MISSING for nothing, null or empty."""
    steps = tuple(
        str(match.captures[int(step[1:])]) if re.fullmatch(r"\$\d", step) else step for step in path.split(".")
    )
    value = value_at(document or {}, steps)
    return MISSING if value is None or value in ({}, []) else value
