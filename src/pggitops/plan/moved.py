"""Objects that another name, namespace or API group has now.

First what has its name and environment still, and another namespace. Then PostgreSQL clusters: one that is the same
apart from names; the only one removed and the only one added in an environment, if they share a user. Then whatever
follows them: an object whose name is a new one's once the names of what was renamed are replaced in it. Last, what is
the same apart from names in its environment. An object of another target is never the same.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from typing import Any, NamedTuple

from pggitops.kinds import OPERATOR_GROUP
from pggitops.plan import renames
from pggitops.plan.model import ObjectKey, SideObject

Objects = Mapping[ObjectKey, SideObject]
Keys = dict[ObjectKey, ObjectKey]
"""Old keys by the new."""

_FAMILIES = (
    frozenset({"extensions", "apps", "networking.k8s.io", "policy"}),
    frozenset({"postgres-operator.crunchydata.com", "upstream.pgv2.percona.com", OPERATOR_GROUP}),
)
"""API groups between which kinds have moved, name and all."""


def to_other_group(removed: Objects, added: Objects) -> Keys:
    """Objects that were written in another API group: what they stand for is the same one still."""
    there = {(key.target, *key[2:]): key for key in added}
    found = {}
    for old in removed:
        new = there.get((old.target, *old[2:]))
        if new and any({old.group, new.group} <= family for family in _FAMILIES):
            found[new] = old
    return found


def to_other_name(removed: Objects, added: Objects) -> Keys:
    """Objects that are another one now to the API server, and the same to people."""
    left = _Left(dict(removed), dict(added))
    left.match(lambda one: True, _place)
    for likeness in (_alike_here, _alike):
        left.match(_is_cluster, likeness)
    left.match_only(_is_cluster, lambda old, new: renames.same_users(old.document, new.document))
    clusters = ((removed[old], added[new]) for new, old in left.found.items())
    _follow(left, [_Names.of(old, new) for old, new in clusters if _is_cluster(new)])
    left.match_only(lambda one: one.key.kind == "Namespace", lambda old, new: True)
    left.match(_is_somewhere, _alike_here)
    return left.found


class _Left:
    """What has no counterpart yet, and what was found."""

    def __init__(self, removed: dict[ObjectKey, SideObject], added: dict[ObjectKey, SideObject]) -> None:
        self.removed, self.added = removed, added
        self.found: Keys = {}

    def take(self, old: ObjectKey, new: ObjectKey) -> None:
        del self.removed[old]
        del self.added[new]
        self.found[new] = old

    def match(self, chosen: Callable[[SideObject], bool], likeness: Callable[[SideObject], Any]) -> None:
        """Take those of one likeness for the same, in the order of their keys."""
        waiting: dict[Any, list[ObjectKey]] = {}
        for key, one in _sorted(self.added, chosen) if self.removed else ():
            waiting.setdefault(likeness(one), []).append(key)
        for key, one in _sorted(self.removed, chosen) if waiting else ():
            found = waiting.get(likeness(one))
            if found:
                self.take(key, found.pop(0))

    def match_only(self, chosen: Callable[[SideObject], bool], kin: Callable[[SideObject, SideObject], bool]) -> None:
        """Take the only one removed for the only one added in a place, if they are kin."""
        places: dict[Any, tuple[list[SideObject], list[SideObject]]] = {}
        for side, objects in enumerate((self.removed, self.added)):
            for _, one in _sorted(objects, chosen):
                place = (one.key.target, one.key.kind, one.environment or one.key.namespace)
                places.setdefault(place, ([], []))[side].append(one)
        for olds, news in places.values():
            if len(olds) == len(news) == 1 and kin(olds[0], news[0]):
                self.take(olds[0].key, news[0].key)


def _sorted(objects: Objects, chosen: Callable[[SideObject], bool]) -> Iterator[tuple[ObjectKey, SideObject]]:
    for key in sorted(objects):
        if chosen(objects[key]):
            yield key, objects[key]


def _is_cluster(one: SideObject) -> bool:
    return one.key.kind == "PerconaPGCluster"


def _is_somewhere(one: SideObject) -> bool:
    return bool(one.environment)


def _place(one: SideObject) -> Any:
    """Alike but for the namespace; one without an environment is like no other."""
    return (one.key._replace(namespace=""), one.environment or one.key.namespace)


def _alike(one: SideObject) -> Any:
    names = (one.environment, one.cluster, one.key.namespace, one.key.name)
    return (one.key[:3], renames.apart_from(one.document, names))


def _alike_here(one: SideObject) -> Any:
    return (one.environment, *_alike(one))


class _Names(NamedTuple):
    """How the names of a cluster, and of where it is, became others."""

    environments: tuple[str, str]
    namespaces: tuple[str, str]
    clusters: tuple[str, str]

    @classmethod
    def of(cls, old: SideObject, new: SideObject) -> _Names:
        return cls(
            (old.environment, new.environment),
            (old.key.namespace, new.key.namespace),
            (old.cluster or old.key.name, new.cluster or new.key.name),
        )

    def candidates(self, key: ObjectKey) -> Iterator[ObjectKey]:
        """The keys an object may have now: its name may speak of the namespace, of the environment, or of neither."""
        namespace = self.namespaces[1] if key.namespace == self.namespaces[0] else key.namespace
        for spoken in (self, (self.environments, self.clusters), (self.namespaces, self.clusters), (self.clusters,)):
            yield key._replace(namespace=namespace, name=_replaced(key.name, dict(spoken)))


def _replaced(name: str, words: Mapping[str, str]) -> str:
    """A name with words in it replaced."""
    longest = sorted((re.escape(word) for word in words if word), key=len, reverse=True)
    pattern = rf"(?<![A-Za-z0-9])(?:{'|'.join(longest)})(?![A-Za-z0-9])"
    return re.sub(pattern, lambda found: words[found[0]], name) if longest else name


_MOST = 50
"""Renamed clusters at once of which any may be meant by an object that belongs to no environment."""


def _follow(left: _Left, names: list[_Names]) -> None:
    """Objects whose new names follow from those of the clusters."""
    here: dict[str, list[_Names]] = {}
    for each in names:
        here.setdefault(each.environments[0], []).append(each)
    anywhere = names if len(names) <= _MOST else []
    for old, one in list(_sorted(left.removed, lambda one: not _is_cluster(one))):
        nearest = here.get(one.environment, []) if one.environment else anywhere
        nearest = sorted(nearest, key=lambda each: each.clusters[0] != one.cluster)[:_MOST]
        found = next((key for each in nearest for key in each.candidates(old) if key in left.added), None)
        if found is not None:
            left.take(old, found)
