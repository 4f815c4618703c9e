"""What surrounds a change: both PerconaPGClusters and every object of both sides."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import field
from typing import Any

from pggitops.plan.model import MISSING, Change, Side, SideObject, Steps
from pggitops.record import record

Document = Mapping[str, Any]
_KEYS = (
    ("name",),
    ("key",),
    ("type",),
    ("topologyKey", "whenUnsatisfiable"),
    ("containerPort", "protocol"),
    ("port", "protocol"),
    ("mountPath",),
    ("devicePath",),
    ("ip",),
    ("topologyKey",),
)
"""What keys the items of the lists that are maps, in the kinds that are rendered."""


@record
class Context:
    """One cluster, or what an environment or the fleet has besides (`old` and `new` None), on both sides.

    `old` and `new` are the PerconaPGCluster's documents; None where a side has none. The objects are all of the
    cluster's environment that are known, NetworkPolicies and delivery objects included. `expandable` tells of storage
    classes by name whether their volumes can grow; a class that is missing is not known. `is_cut` tells whether a
    NetworkPolicy of the new side denies the cluster something that it needs; None where that is not known.
    """

    old: Document | None
    new: Document | None
    old_objects: Side = field(default_factory=dict)
    new_objects: Side = field(default_factory=dict)
    expandable: Mapping[str, bool] = field(default_factory=dict)
    changes: tuple[Change, ...] = ()
    is_cut: Callable[[], bool] | None = None

    @property
    def either(self) -> Document:
        """The new document, or the old where there is no new one; empty where no cluster is concerned."""
        return self.new or self.old or {}

    @property
    def name(self) -> str:
        """The cluster's name, empty where none is concerned."""
        name = value_at(self.either, ("metadata", "name"))
        return name if isinstance(name, str) else ""


def of(changes: Iterable[Change], old: Side, new: Side, expandable: Mapping[str, bool] | None = None) -> Context:
    """The context of one cluster's changes (all of one environment and cluster) among the objects of both sides."""
    listed = tuple(changes)
    environment, cluster = (listed[0].environment, listed[0].cluster) if listed else ("", "")
    now = {key: each for key, each in new.items() if each.environment == environment}
    # to the server an object is the same one, whichever environment it was called after
    was = {key: each for key, each in old.items() if each.environment == environment or key in now}
    return Context(_cluster(was.values(), cluster), _cluster(now.values(), cluster), was, now, expandable or {}, listed)


def _cluster(objects: Iterable[SideObject], cluster: str) -> Document | None:
    return next(
        (
            each.document
            for each in objects
            if each.key.kind == "PerconaPGCluster" and cluster and each.cluster == cluster
        ),
        None,
    )


def value_at(document: Any, path: Steps) -> Any:
    """The value at a path whose steps name items of keyed lists by their key; MISSING if there is none."""
    here = document
    for step in path:
        here = child(here, step)
        if here is MISSING:
            return MISSING
    return here


def child(here: Any, step: str | int) -> Any:
    """The value one step further down."""
    if isinstance(here, Mapping):
        return here.get(step, MISSING)
    if not isinstance(here, list | tuple):
        return MISSING
    if isinstance(step, int):
        return here[step] if 0 <= step < len(here) else MISSING
    return next((each for each in here if isinstance(each, Mapping) and key_of(each, step)), MISSING)


def key_of(item: Mapping[str, Any], step: str) -> bool:
    """Whether a step names an item of a list."""
    return any(all(key in item for key in keys) and ",".join(str(item[key]) for key in keys) == step for keys in _KEYS)


def children(value: Any) -> list[tuple[str | int, Any]]:
    """What lies beneath a value: keys of a map, items of a list that is keyed by name; else nothing."""
    if isinstance(value, Mapping):
        return list(value.items())
    if (
        isinstance(value, list | tuple)
        and value
        and all(isinstance(each, Mapping) and "name" in each for each in value)
    ):
        return [(str(each["name"]), each) for each in value]
    return []
