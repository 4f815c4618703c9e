"""Two forms of one object in lockstep: what differs, in the terms of its kind; what is equal is not looked into."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

from pggitops.plan import forms, renames
from pggitops.plan.forms import BARE, Form
from pggitops.plan.lists import Lists, Order
from pggitops.plan.model import MISSING, ChangeKind, Steps


class Difference(NamedTuple):
    """One difference, as a Change has it.

    Of a list whose items only stand in another order, `path` is the list's, and the values are the keys of the items,
    or the items themselves where they have none. An item of a set is named by its value or, if it is a map, by its
    index: a removed one by the old index, an added one by the new.
    """

    kind: ChangeKind
    path: Steps
    old: Any = MISSING
    new: Any = MISSING
    renamed_from: str = ""


class Pair(NamedTuple):
    """The forms of one place on both sides; `rules` is the one that says how to compare."""

    old: Form
    new: Form

    @property
    def rules(self) -> Form:
        return self.old if self.new is BARE else self.new

    def at(self, key: str) -> Pair:
        return Pair(_below(self.old, key), _below(self.new, key))

    def item(self) -> Pair:
        return Pair(BARE if self.old is BARE else self.old.item(), BARE if self.new is BARE else self.new.item())


def _below(form: Form, key: str) -> Form:
    return BARE if form is BARE else form.at(key)


def between(old: Mapping[str, Any], new: Mapping[str, Any]) -> Iterator[Difference]:
    """What differs between two forms of one object."""
    if old != new:
        yield from _values(old, new, Pair(forms.of(old), forms.of(new)), ())


def _values(old: Any, new: Any, pair: Pair, path: Steps) -> Iterator[Difference]:
    old, new = pair.old.settled(old), pair.new.settled(new)
    if old is new or (type(old) is type(new) and old == new):
        return
    values = [value for value in (old, new) if value is not MISSING]
    if pair.rules.is_whole:
        yield _leaf(old, new, path)
    elif all(isinstance(value, dict) for value in values):
        yield from _both_maps(old, new, pair, path) if len(values) == 2 else _one_map(old, new, pair, path)
    elif all(isinstance(value, list) for value in values):
        yield from _lists(old, new, pair, path)
    elif len(values) < 2 or not _are_scalars(old, new) or not pair.rules.same(old, new):
        yield _leaf(old, new, path)


def _are_scalars(*values: Any) -> bool:
    return not any(isinstance(value, (dict, list)) for value in values)


def _leaf(old: Any, new: Any, path: Steps) -> Difference:
    if old is MISSING:
        return Difference(ChangeKind.ADDED, path, new=new)
    kind = ChangeKind.REMOVED if new is MISSING else ChangeKind.CHANGED
    return Difference(kind, path, old, new)


def _both_maps(old: Any, new: Any, pair: Pair, path: Steps) -> Iterator[Difference]:
    """Where one of them is empty and that is not the same as none, it is a leaf too."""
    found = list(_maps(old, new, pair, path))
    if found and not (old and new):
        found.append(_leaf(old or {}, MISSING, path) if new else _leaf(MISSING, {}, path))
    yield from found


def _maps(old: Any, new: Any, pair: Pair, path: Steps) -> Iterator[Difference]:
    for key in (*old, *(key for key in new if key not in old)):
        one, other = old.get(key, MISSING), new.get(key, MISSING)
        if one is not other and one != other:
            yield from _values(one, other, pair.at(key), (*path, key))


def _one_map(old: Any, new: Any, pair: Pair, path: Steps) -> Iterator[Difference]:
    """The leaves of a map that is there on one side only; such as say what is taken without it are no difference."""
    is_added = old is MISSING
    only = new if is_added else old
    if pair.rules.is_present:
        pair = Pair(BARE, pair.new) if is_added else Pair(pair.old, BARE)
    found = list(_maps({} if is_added else old, new if is_added else {}, pair, path))
    if not found and (not only or pair.rules.is_present):
        found = [_leaf(old, new, path)]
    yield from found


# ---- lists ----


def _lists(old: Any, new: Any, pair: Pair, path: Steps) -> Iterator[Difference]:
    olds, news = ([] if value is MISSING else value for value in (old, new))
    how = pair.rules.lists
    if how.keys:
        before, after = _named(olds, how.keys, pair), _named(news, how.keys, pair)
        if before is not None and after is not None:
            yield from _keyed(before, after, how, pair, path)
            return
    if how.is_set or how.keys:
        yield from _set(olds, news, how, pair, path)
    else:
        yield from _plain(old, new, pair, path)


def _named(items: list[Any], keys: tuple[str, ...], pair: Pair) -> dict[str, Any] | None:
    """The items by their keys; None where these do not tell them apart."""
    form = pair.rules.item()
    found = {}
    for item in items:
        if not isinstance(item, dict):
            return None
        values = [form.at(key).settled(item.get(key, MISSING)) for key in keys]
        if all(value is MISSING for value in values):
            return None
        found[",".join("" if value is MISSING else str(value) for value in values)] = item
    return found if len(found) == len(items) else None


def _keyed(before: dict[str, Any], after: dict[str, Any], how: Lists, pair: Pair, path: Steps) -> Iterator[Difference]:
    removed = {key: item for key, item in before.items() if key not in after}
    added = {key: item for key, item in after.items() if key not in before}
    renamed = renames.of_items(removed, added, how.kin) if how.kin and removed and added else {}
    gone = removed.keys() - renamed.values()
    for key, item in before.items():
        if key in gone:
            yield Difference(ChangeKind.REMOVED, (*path, key), item)
        elif key in after:
            yield from _values(item, after[key], pair.item(), (*path, key))
    for key, item in added.items():
        if key in renamed:
            old = renamed[key]
            yield Difference(ChangeKind.RENAMED, (*path, key), removed[old], item, old)
        else:
            yield Difference(ChangeKind.ADDED, (*path, key), new=item)
    now = {old: new for new, old in renamed.items()}
    if _is_reordered([now.get(key, key) for key in before], list(after), how.order):
        yield Difference(ChangeKind.CHANGED, path, list(before), list(after))


def _is_reordered(before: list[Any], after: list[Any], order: Order) -> bool:
    """Whether the items that stay are in another order, or another one is the first; `before` in their new names.

    A first item that is removed leaves its place to the next: that counts too.
    """
    if order is Order.FIRST:
        return bool(before and after) and before[0] != after[0]
    was, stays = set(before), set(after)
    return order is Order.ALL and [each for each in before if each in stays] != [each for each in after if each in was]


def _set(olds: list[Any], news: list[Any], how: Lists, pair: Pair, path: Steps) -> Iterator[Difference]:
    same = _matched(olds, news, pair.item())
    taken = set(same.values())
    gone = [at for at in range(len(olds)) if at not in same]
    come = [at for at in range(len(news)) if at not in taken]
    edited = [at for at in gone if how.edited and at in come and _are_filled(olds[at], news[at])]
    for at in edited:
        yield from _values(olds[at], news[at], pair.item(), (*path, at))
    for at in gone:
        if at not in edited:
            yield Difference(ChangeKind.REMOVED, (*path, _step(olds[at], at)), olds[at])
    for at in come:
        if at not in edited:
            yield Difference(ChangeKind.ADDED, (*path, _step(news[at], at)), new=news[at])
    places = same | {at: at for at in edited}
    if _is_reordered([places.get(at, -1) for at in range(len(olds))], [*range(len(news))], how.order):
        yield Difference(ChangeKind.CHANGED, path, olds, news)


def _are_filled(*values: Any) -> bool:
    return all(value and isinstance(value, dict) for value in values)


def _step(item: Any, at: int) -> str | int:
    return at if isinstance(item, (dict, list)) else str(item)


_MOST = 10_000
"""Pairs of items that are held against each other; beyond that only those that are written alike are the same."""


def _matched(olds: list[Any], news: list[Any], pair: Pair) -> dict[int, int]:
    """Which old item is which new one, by their places."""
    found: dict[int, int] = {}
    waiting: dict[str, list[int]] = {}
    for at, item in enumerate(news):
        waiting.setdefault(_text(item), []).append(at)
    for at, item in enumerate(olds):
        places = waiting.get(_text(item))
        if places:
            found[at] = places.pop(0)
    left = [at for at in range(len(olds)) if at not in found]
    free = [at for places in waiting.values() for at in places]
    if len(left) * len(free) > _MOST:
        return found
    for at in left:
        place = next((one for one in free if not any(_values(olds[at], news[one], pair, ()))), None)
        if place is not None:
            found[at] = place
            free.remove(place)
    return found


def _text(item: Any) -> str:
    return json.dumps(item, sort_keys=True, default=str)


def _plain(old: Any, new: Any, pair: Pair, path: Steps) -> Iterator[Difference]:
    """A list in which each place counts; opened where an item was changed in its place, else one difference."""
    if old is MISSING or new is MISSING or len(old) != len(new):
        yield _leaf(old, new, path)
        return
    both = list(zip(old, new, strict=True))
    found = [each for at, (one, other) in enumerate(both) for each in _values(one, other, pair.item(), (*path, at))]
    is_moved = sorted(map(_text, old)) == sorted(map(_text, new))
    if found and (is_moved or not all(_are_filled(*each) for each in both)):
        found = [_leaf(old, new, path)]
    yield from found
