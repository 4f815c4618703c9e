"""Which overlay words each leaf of a manifest comes from: asked only when a finding needs a place.

The template is rendered once more, hole by hole, by Jinja2 itself, over proxies of the model that note every word that
is read. A hole's leaves depend on all words its expression reads; a leaf that is itself a word's value knows that word.
The property test in `tests/test_trace.py` holds this against what really changes.
"""

from __future__ import annotations

import functools
import types
from collections.abc import Callable, Iterator, Mapping
from dataclasses import fields, is_dataclass
from typing import Any

from pggitops import patch, template
from pggitops.model import Environment, Extensions, Layout, Manifest, word
from pggitops.parts import FUNCTIONS
from pggitops.parts.omission import omit
from pggitops.parts.secrets import find
from pggitops.record import record

Steps = tuple[str | int, ...]


@record
class Leaf:
    """A manifest's value, the word it carries if it is one, and every word it depends on."""

    value: Any
    source: Steps | None
    reads: frozenset[Steps]


def trace(
    environment: Environment,
    manifest: Manifest,
    keys: patch.ListKeys,
    watch: list[str] | None = None,
    layout: Layout | None = None,
) -> dict[Steps, Leaf]:
    """The leaves of a rendered manifest by their path in it. A passed-through object has none."""
    if manifest.template not in template.names():
        return {}
    reads: set[Steps] = set()
    root = _proxy(environment, (), reads)
    arguments = {"environment": root, "watch": watch, "layout": layout, "omit": omit, **FUNCTIONS}
    if manifest.cluster or manifest.item:
        arguments["cluster"] = root.clusters[manifest.cluster] if manifest.cluster else None

    def evaluated(hole: template.Hole) -> tuple[Any, frozenset[Steps]]:
        reads.clear()
        # what makes a Secret what it is, its holes have read
        more = {"secret": find(root, manifest.item)} if "secret" in hole.names else {}
        value = _read_whole(template.evaluator(hole)(**arguments, **more))
        return value, frozenset(reads)

    holes: dict[Steps, frozenset[Steps]] = {}
    tree = _evaluated(template.parse(manifest.template), (), evaluated, holes)
    if manifest.template != "perconapgcluster":
        return dict(_leaves(tree, ()))
    base = ("clusters", manifest.cluster, "patch")
    for layer in environment.clusters[manifest.cluster].patch:
        tree = patch.apply(tree, _patched(layer, base), keys)
        _name_additions(tree, layer, base, keys)
    return {path: _in_place(leaf, path, base, holes) for path, leaf in _leaves(tree, ())}


def _evaluated(
    tree: Any,
    path: Steps,
    evaluated: Callable[[template.Hole], tuple[Any, frozenset[Steps]]],
    holes: dict[Steps, frozenset[Steps]],
) -> Any:
    """The template's tree with every scalar a Leaf; what each hole has read joins `holes`."""
    if isinstance(tree, dict):
        items = {key: _evaluated(item, (*path, key), evaluated, holes) for key, item in tree.items()}
        return {key: item for key, item in items.items() if not (isinstance(item, Leaf) and item.value is omit)}
    if isinstance(tree, list) and tree:
        return [_evaluated(item, (*path, index), evaluated, holes) for index, item in enumerate(tree)]
    if not isinstance(tree, template.Hole):
        return Leaf(tree, None, frozenset())
    value, holes[path] = evaluated(tree)
    return _with_reads(value, holes[path])


def _read_whole(value: Any) -> Any:
    """A value with nothing in it that is still to be read."""
    if isinstance(value, Mapping) and value:
        return {key: _read_whole(item) for key, item in value.items()}
    if isinstance(value, (list, tuple)) and value:
        return [_read_whole(item) for item in value]
    return value


def _with_reads(value: Any, reads: frozenset[Steps]) -> Any:
    """What a hole gave, each scalar of it a Leaf that depends on all the hole read."""
    if isinstance(value, Mapping) and value:
        return {str(key): _with_reads(item, reads) for key, item in value.items()}
    if isinstance(value, (list, tuple)) and value:
        return [_with_reads(item, reads) for item in value]
    source = getattr(value, "source", None)
    return Leaf(value, source, reads)


def _patched(layer: Any, path: Steps) -> Any:
    if isinstance(layer, Mapping):
        return {key: _patched(item, (*path, key)) for key, item in layer.items()}
    if layer is None:
        return None
    return _with_source(layer, path)


def _with_source(value: Any, path: Steps) -> Any:
    if isinstance(value, Mapping) and value:
        return {key: _with_source(item, (*path, key)) for key, item in value.items()}
    if isinstance(value, list) and value:
        return [_with_source(item, (*path, index)) for index, item in enumerate(value)]
    return Leaf(value, path, frozenset([path]))


def _name_additions(tree: Any, layer: Mapping[str, Any], base: Steps, keys: patch.ListKeys) -> None:
    """Makes Leaves of what applying a patch has added bare: an empty map, the key of a new item of a keyed list."""
    for path in _paths(layer, ()):
        at = patch.in_manifest(path, tree, keys)
        if not at:
            continue
        holder = tree
        for step in at[:-1]:
            holder = holder[step]
        value, source = holder[at[-1]], (*base, *path)
        if value == {}:
            holder[at[-1]] = Leaf({}, source, frozenset([source]))
        elif isinstance(value, dict) and isinstance(at[-1], int):
            bare = {key: item for key, item in value.items() if not isinstance(item, (Leaf, dict, list))}
            value.update({key: Leaf(item, source, frozenset([source])) for key, item in bare.items()})


def _paths(layer: Any, path: Steps) -> Iterator[Steps]:
    """The path of everything in a patch, maps before what is in them."""
    yield path
    for key, item in layer.items() if isinstance(layer, Mapping) else ():
        yield from _paths(item, (*path, key))


def _in_place(leaf: Leaf, path: Steps, base: Steps, holes: Mapping[Steps, frozenset[Steps]]) -> Leaf:
    """A patch's leaf in a list that a hole has made depends on that too: which item it is in, and at what index."""
    if leaf.reads and (leaf.source is None or leaf.source[: len(base)] != base):
        return leaf
    for length in range(1, len(path)):
        if isinstance(path[length], int) and path[:length] in holes:
            own = leaf.reads or {base}
            return Leaf(leaf.value, leaf.source, holes[path[:length]] | own)
    return leaf


def _leaves(tree: Any, path: Steps) -> Iterator[tuple[Steps, Leaf]]:
    if isinstance(tree, (dict, list)) and tree:
        for step, item in tree.items() if isinstance(tree, dict) else enumerate(tree):
            yield from _leaves(item, (*path, step))
    else:
        yield path, tree if isinstance(tree, Leaf) else Leaf(tree, None, frozenset())


class _Text(str):
    """Text that knows the word it is the value of, also when it is cut or was a number."""

    source: Steps

    def __str__(self) -> str:
        return self

    def removesuffix(self, suffix: str, /) -> str:
        cut: str = _carry(_Text, super().removesuffix(suffix), self.source)
        return cut


class _Integer(int):
    source: Steps

    def __str__(self) -> str:
        text: str = _carry(_Text, int.__repr__(self), self.source)
        return text


class _Float(float):
    source: Steps

    def __str__(self) -> str:
        text: str = _carry(_Text, float.__repr__(self), self.source)
        return text


_CARRIERS: Mapping[type, Any] = {str: _Text, int: _Integer, float: _Float}


def _carry(carrier: Any, value: Any, source: Steps) -> Any:
    carried = carrier(value)
    carried.source = source
    return carried


def _proxy(value: Any, path: Steps, reads: set[Steps]) -> Any:
    """A stand-in for a value of the model that notes what is read of it."""
    if is_dataclass(value):
        return _Record(value, path, reads)
    if isinstance(value, Mapping):
        return _Map(value, path, reads)
    reads.add(path)
    if isinstance(value, (tuple, list)):
        return type(value)(_proxy(item, (*path, index), reads) for index, item in enumerate(value))
    carrier = _CARRIERS.get(type(value))
    if carrier is None:
        return value
    return _carry(carrier, value, path)


class _Record:
    """A dataclass of the model: attributes are noted, properties and methods run over the proxy itself."""

    def __init__(self, record: Any, path: Steps, reads: set[Steps]) -> None:
        keyed = next((f.name for f in fields(record) if f.metadata.get("key")), None)
        object.__setattr__(self, "_own", (record, path, reads, keyed))

    @property  # type: ignore[misc]  # isinstance asks here: the proxy passes for what it stands for
    def __class__(self) -> type:
        kind: type = type(object.__getattribute__(self, "_own")[0])
        return kind

    def __getattr__(self, name: str) -> Any:
        record, path, reads, keyed = object.__getattribute__(self, "_own")
        if name.startswith("__"):
            raise AttributeError(name)
        attribute = getattr(type(record), name, None)
        if isinstance(attribute, property) and attribute.fget:
            return attribute.fget(self)
        if isinstance(attribute, types.FunctionType):
            return types.MethodType(attribute, self)
        value = getattr(record, name)
        if name == keyed:
            return _proxy(value, path, reads)
        here = (*path, name if isinstance(record, Extensions) else word(name))
        kind: type = type(record)
        if is_dataclass(value) and _is_optional(kind, name):
            # that it is there at all may decide
            reads.add(here)
        return _proxy(value, here, reads)


@functools.cache
def _is_optional(kind: type, name: str) -> bool:
    return any(each.name == name and each.default is None for each in fields(kind))


class _Map(dict[str, Any]):
    """A map of the model; which keys there are is noted as a reading of the map itself."""

    def __init__(self, mapping: Mapping[str, Any], path: Steps, reads: set[Steps]) -> None:
        super().__init__(dict.fromkeys(mapping))
        self._own = (mapping, path, reads)

    def __getitem__(self, key: str) -> Any:
        mapping, path, reads = self._own
        reads.add(path)
        return _proxy(mapping[key], (*path, key), reads)

    def get(self, key: str, default: Any = None) -> Any:
        if key in self:
            return self[key]
        return default

    def __contains__(self, key: object) -> bool:
        _, path, reads = self._own
        reads.add(path)
        return super().__contains__(key)

    def __eq__(self, other: object) -> bool:
        return {**self} == other

    def __ne__(self, other: object) -> bool:
        return not self == other

    __hash__ = None

    def __or__(self, other: Any) -> Any:
        return {**self, **other}

    def copy(self) -> Any:
        return {**self}

    def __iter__(self) -> Iterator[str]:
        _, path, reads = self._own
        reads.add(path)
        for key in super().__iter__():
            yield _proxy(key, (*path, key), reads)

    def keys(self) -> Any:
        return list(self)

    def values(self) -> Any:
        return [self[key] for key in self]

    def items(self) -> Any:
        return [(key, self[key]) for key in self]

    def __len__(self) -> int:
        _, path, reads = self._own
        reads.add(path)
        return super().__len__()
