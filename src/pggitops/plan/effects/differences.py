"""Changes as the table looks at them: at the highest place that is new or gone, else further down."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from pggitops.plan.effects.context import Context, children, value_at
from pggitops.plan.model import MISSING, Change, ChangeKind, ObjectKey, Side, Steps
from pggitops.record import record


@record
class Difference:
    """What differs at a path, and the changes it stands for."""

    kind: ChangeKind
    object: ObjectKey
    path: Steps
    old: Any
    new: Any
    changes: tuple[Change, ...]
    renamed_from: str = ""


def differences(changes: Iterable[Change], context: Context) -> list[Difference]:
    """The changes, those beneath something wholly new or gone put together."""
    grouped: dict[tuple[ObjectKey, Steps, ChangeKind], list[Change]] = {}
    for change in changes:
        grouped.setdefault((change.object, _top(change, context), change.kind), []).append(change)
    return [_joined(key, path, kind, tuple(group), context) for (key, path, kind), group in grouped.items()]


def _top(change: Change, context: Context) -> Steps:
    """The shortest path above a change that only one side has; its own otherwise."""
    if change.kind not in (ChangeKind.ADDED, ChangeKind.REMOVED) or len(change.path) < 3:
        return change.path
    old, new = _document(change.object, context.old_objects), _document(change.object, context.new_objects)
    if old is None or new is None:
        return change.path
    absent = old if change.kind is ChangeKind.ADDED else new
    for length in range(2, len(change.path)):
        if value_at(absent, change.path[:length]) is MISSING:
            return change.path[:length]
    return change.path


def _document(key: ObjectKey, side: Side) -> Any:
    found = side.get(key)
    return None if found is None else found.document


def _joined(key: ObjectKey, path: Steps, kind: ChangeKind, group: tuple[Change, ...], context: Context) -> Difference:
    first = group[0]
    if first.path == path:
        return Difference(kind, key, path, first.old, first.new, group, first.renamed_from)
    old, new = _document(key, context.old_objects), _document(key, context.new_objects)
    return Difference(kind, key, path, value_at(old, path), value_at(new, path), group)


def below(difference: Difference) -> Iterator[Difference]:
    """What a difference consists of one step further down; nothing for a leaf."""
    kind = difference.kind
    if kind not in (ChangeKind.ADDED, ChangeKind.REMOVED) or not difference.path:
        return
    for step, value in children(difference.new if kind is ChangeKind.ADDED else difference.old):
        old, new = (MISSING, value) if kind is ChangeKind.ADDED else (value, MISSING)
        path = (*difference.path, step)
        own = tuple(each for each in difference.changes if _along(each.path, path)) or difference.changes
        yield Difference(kind, difference.object, path, old, new, own)


def _along(one: Steps, other: Steps) -> bool:
    length = min(len(one), len(other))
    return one[:length] == other[:length]
