"""Which overlay words each leaf of a manifest comes from: asked only when a finding needs a place.

The template is rendered once more, hole by hole, by Jinja2 itself, over proxies of the model that note every word that
is read. A hole's leaves depend on all words its expression reads; a leaf that is itself a word's value knows that word.
The property test in `tests/test_trace.py` holds this against what really changes.
"""

from __future__ import annotations

import types
from collections.abc import Iterator, Mapping
from dataclasses import fields, is_dataclass
from typing import Any

from pggitops import patch, template
from pggitops.model import Environment, Manifest, word
from pggitops.parts import FUNCTIONS
from pggitops.parts.omission import omit
from pggitops.record import record

Steps = tuple[str | int, ...]


@record
class Leaf:
    """A manifest's value, the word it carries if it is one, and every word it depends on."""

    value: Any
    source: Steps | None
    reads: frozenset[Steps]


def trace(
    environment: Environment, manifest: Manifest, keys: patch.ListKeys, watch: list[str] | None = None
) -> dict[Steps, Leaf]:
    """The leaves of a rendered manifest by their path in it. A passed-through object has none."""
    if manifest.template not in template.names():
        return {}
    reads: set[Steps] = set()
    root = _proxy(environment, (), reads)
    arguments = {"environment": root, "watch": watch, "omit": omit, **FUNCTIONS}
    if manifest.cluster:
        arguments["cluster"] = root.clusters[manifest.cluster]
    tree = _evaluated(template.parse(manifest.template), arguments, reads)
    if manifest.template == "perconapgcluster":
        cluster = environment.clusters[manifest.cluster]
        for layer in cluster.patch:
            tree = patch.apply(tree, _patched(layer, ("clusters", manifest.cluster, "patch")), keys)
    return dict(_leaves(tree, (), frozenset()))


def _evaluated(tree: Any, arguments: Mapping[str, Any], reads: set[Steps]) -> Any:
    """The template's tree with every scalar a Leaf."""
    if isinstance(tree, dict):
        items = {key: _evaluated(item, arguments, reads) for key, item in tree.items()}
        return {key: item for key, item in items.items() if not (isinstance(item, Leaf) and item.value is omit)}
    if isinstance(tree, list) and tree:
        return [_evaluated(item, arguments, reads) for item in tree]
    if not isinstance(tree, template.Hole):
        return Leaf(tree, None, frozenset())
    reads.clear()
    value = _read_whole(template.evaluator(tree)(**arguments))
    return _with_reads(value, frozenset(reads))


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
    if isinstance(value, Mapping):
        return {key: _with_source(item, (*path, key)) for key, item in value.items()}
    if isinstance(value, list):
        return [_with_source(item, (*path, index)) for index, item in enumerate(value)]
    return Leaf(value, path, frozenset([path]))


def _is_added(item: Any) -> bool:
    return isinstance(item, dict) and any(not isinstance(value, (Leaf, dict, list)) for value in item.values())


def _others(items: list[Any], index: int) -> frozenset[Steps]:
    """What the other items of a list depend on: were one of them called so, the patch would have changed that."""
    others = [item for at, item in enumerate(items) if at != index and not _is_added(item)]
    return frozenset(read for _, leaf in _leaves(others, (), frozenset()) for read in leaf.reads)


def _leaves(tree: Any, path: Steps, added: frozenset[Steps]) -> Iterator[tuple[Steps, Leaf]]:
    """The leaves of a tree; `added` is what an item depends on that a patch has added to a list: its key is bare."""
    if isinstance(tree, dict):
        for key, item in tree.items():
            yield from _leaves(item, (*path, key), added)
    elif isinstance(tree, list):
        for index, item in enumerate(tree):
            more = _others(tree, index) if _is_added(item) else frozenset()
            yield from _leaves(item, (*path, index), added | more)
    else:
        leaf = tree if isinstance(tree, Leaf) else Leaf(tree, None, frozenset())
        yield path, Leaf(leaf.value, leaf.source, leaf.reads | added)


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
        verbatim = path[-1:] == ("extensions",)
        return _proxy(value, (*path, name if verbatim else word(name)), reads)


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
