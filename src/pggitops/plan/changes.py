"""Two sides become changes: per object, in the terms of its kind.

What is equal is dropped by one comparison, so that the time grows with what differs. How a difference is found within
an object is for `differences`; which objects have another name now, for `moved`.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from pggitops.plan import differences, moved
from pggitops.plan.applied import applied_view
from pggitops.plan.model import MISSING, Change, ChangeKind, ObjectKey, Side, SideObject, Steps

__all__ = ["applied_view", "between"]


def between(old: Side, new: Side) -> list[Change]:
    """What differs, ordered by environment, cluster, kind, name and path.

    A file that moved is no change. Where an object is there under another name, the change is RENAMED and `object` its
    new key; of a group that was renamed the changes are those of the object, `apiVersion` among them.
    """
    found: list[Change] = []
    for key, one in new.items():
        before = old.get(key)
        if before is not None and before.document is not one.document:
            found += _within(before, one)
    removed = {key: one for key, one in old.items() if key not in new}
    added = {key: one for key, one in new.items() if key not in old}
    if removed and added:
        found += _regrouped(removed, added)
        found += _renamed(removed, added)
    found += (_whole(ChangeKind.REMOVED, one, old=one.document) for one in removed.values())
    found += (_whole(ChangeKind.ADDED, one, new=one.document) for one in added.values())
    return sorted(found, key=_order)


def _within(old: SideObject, new: SideObject) -> Iterator[Change]:
    for each in differences.between(old.document, new.document):
        yield Change(
            kind=each.kind,
            object=new.key,
            path=each.path,
            old=each.old,
            new=each.new,
            environment=new.environment,
            cluster=new.cluster,
            file=new.file,
            given=new.given,
            renamed_from=each.renamed_from,
        )


def _regrouped(removed: dict[ObjectKey, SideObject], added: dict[ObjectKey, SideObject]) -> Iterator[Change]:
    for new, old in moved.to_other_group(removed, added).items():
        yield from _within(removed.pop(old), added.pop(new))


def _renamed(removed: dict[ObjectKey, SideObject], added: dict[ObjectKey, SideObject]) -> Iterator[Change]:
    for key, former in moved.to_other_name(removed, added).items():
        old, new = removed.pop(former), added.pop(key)
        yield Change(
            kind=ChangeKind.RENAMED,
            object=key,
            path=(),
            old=old.document,
            new=new.document,
            environment=new.environment,
            cluster=new.cluster,
            file=new.file,
            given=new.given,
            renamed_from="/".join(filter(None, (former.namespace, former.name))),
        )


def _whole(kind: ChangeKind, one: SideObject, old: Any = MISSING, new: Any = MISSING) -> Change:
    return Change(kind, one.key, (), old, new, one.environment, one.cluster, one.file, given=one.given)


def _order(change: Change) -> tuple[Any, ...]:
    key = change.object
    return (change.environment, change.cluster, key.kind, key.name, key, _steps(change.path), change.kind)


def _steps(path: Steps) -> tuple[tuple[bool, int, str], ...]:
    """Steps that compare, numbers before words."""
    return tuple((False, step, "") if isinstance(step, int) else (True, 0, step) for step in path)
