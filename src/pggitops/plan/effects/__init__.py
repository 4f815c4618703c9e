"""What changes do to what runs."""

from __future__ import annotations

from collections.abc import Iterable

from pggitops.plan.effects.context import Context
from pggitops.plan.model import Change, Effect, EffectKind, Risk


def of(changes: Iterable[Change], context: Context) -> list[Effect]:
    """The effects of one cluster's changes."""
    return [
        Effect(
            "field-unknown",
            EffectKind.SILENT,
            Risk.MEDIUM,
            (change,),
            f"{'.'.join(map(str, change.path)) or change.object.kind} is {change.kind}: what that does is not known",
            "No row of the table is about it.",
            "src/pggitops/plan/effects/__init__.py",
        )
        for change in changes
    ]
