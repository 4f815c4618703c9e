"""What has another name now: to Kubernetes that is a removal and an addition, to a person the same thing.

An item of a list, or an object, was renamed if it is the same apart from names; or if it is the only one removed and
the only one added of its kind in its place and the two are kin.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable, Mapping
from typing import Any

Item = Mapping[str, Any]
Kin = Callable[[Item, Item], bool]


def any_set(old: Item, new: Item) -> bool:
    """Instance sets: the one takes over all that the other did."""
    return True


def same_storage(old: Item, new: Item) -> bool:
    """Repositories on the same kind of storage."""
    kinds = ("volume", "s3", "gcs", "azure")
    return [kind for kind in kinds if old.get(kind)] == [kind for kind in kinds if new.get(kind)]


def same_databases(old: Item, new: Item) -> bool:
    """Users with a database in common, or both without any."""
    before, after = old.get("databases") or (), new.get("databases") or ()
    return bool({*map(str, before)} & {*map(str, after)}) if before and after else not (before or after)


def same_users(old: Item, new: Item) -> bool:
    """PostgreSQL clusters with a user in common, or both without any."""
    before, after = _users(old), _users(new)
    return bool(before & after) if before and after else not (before or after)


def _users(cluster: Item) -> set[str]:
    spec = cluster.get("spec")
    users = spec.get("users") if isinstance(spec, dict) else None
    return {str(user.get("name")) for user in users or () if isinstance(user, dict)}


def of_items(removed: Mapping[str, Item], added: Mapping[str, Item], kin: Kin) -> dict[str, str]:
    """Which added items were renamed from which removed ones, by their keys."""
    found: dict[str, str] = {}
    left = {key: apart_from(item, [key]) for key, item in removed.items()}
    for key, item in added.items():
        text = apart_from(item, [key])
        same = next((old for old, other in left.items() if other == text), None)
        if same is not None:
            found[key] = same
            del left[same]
    rest = [key for key in added if key not in found]
    if len(left) == len(rest) == 1 and kin(removed[next(iter(left))], added[rest[0]]):
        found[rest[0]] = next(iter(left))
    return found


def apart_from(value: Any, names: Iterable[str]) -> str:
    """A value as text in which some names, wherever they stand as a word, are all the same word."""
    text = json.dumps(value, sort_keys=True, default=str)
    words = sorted({json.dumps(name)[1:-1] for name in names if name}, key=len, reverse=True)
    if not words:
        return text
    return re.sub(rf"(?<![A-Za-z0-9])(?:{'|'.join(map(re.escape, words))})(?![A-Za-z0-9])", "\0", text)
