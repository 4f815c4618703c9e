"""What a JSON Schema cannot say about an object and an API server checks all the same.

The schema of a kind is read once into a tree of the places where there is something to check, and an object is held
against that tree. Most checks have a JSON Schema that takes only what they find nothing wrong with: those of a good
object are done by the verdict (`quick`), a hundred times faster, and only the `rest` has to look.

What there is to check at a place comes from the schema (`x-kubernetes-list-type`, `format`, the pattern of a quantity,
the form of a label selector) and, for what only the kind knows, from a table of paths in `native`; nothing is guessed
from a name. CEL rules are for `rules`.

Source of the rules on lists: k8s.io/apiextensions-apiserver 0.36.1, `pkg/apiserver/schema/listtype`.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import field
from functools import partial
from typing import Any

from pggitops.findings import Path, Severity, Violation
from pggitops.kinds import OPERATOR_GROUP, resolved
from pggitops.record import mutable
from pggitops.schema import native
from pggitops.schema.native import Check, label, text
from pggitops.schema.repair import show
from pggitops.schema.syntax import FORMATS, QUANTITY, Syntax

Schema = Mapping[str, Any]

DUPLICATE = "manifest-duplicate-item"
_OPTIONAL_TWICE = {"env": "the last one counts", "ports": "one of them is dropped", "imagePullSecrets": "one is enough"}
"""Lists whose items an API server lets repeat, with a warning; server-side apply does not."""


@mutable
class Node:
    """What is to be checked at one place of a kind's objects, and beneath it; places of one form share a node."""

    checks: list[Check] = field(default_factory=list)
    properties: dict[str, Node] = field(default_factory=dict)
    items: Node | None = None
    others: Node | None = None

    def __bool__(self) -> bool:
        return bool(self.checks or self.properties or self.items or self.others)


def tree(schema: Schema) -> Node:
    """The places of a kind where there is something to check; the schema is that of a whole object."""
    root = _Builder(schema).root()
    root.properties["metadata"] = metadata(native.names_of(*group_and_kind(schema)))
    return root


def looked(schema: Schema, document: dict[str, Any]) -> Iterator[Violation]:
    """What `violations` finds by the whole tree, without making it: for the first few documents of a kind."""
    builder = _Builder(schema)
    if "metadata" in document:
        names = native.names_of(builder.group, builder.kind)
        yield from violations(metadata(names), document["metadata"], ("metadata",))
    found: list[Violation] = []
    builder.look(builder.top, "", builder.table, document, (), found)
    yield from found


def metadata(names: Syntax) -> Node:
    """The place of a whole object's metadata; `names` is how the object may be called."""
    return Node([native.metadata_of(names)], {"finalizers": Node([_SET])})


def violations(node: Node, value: Any, path: Path = ()) -> list[Violation]:
    """What is wrong with a value at the place of a node; of any form, also one its schema refuses."""
    found: list[Violation] = []
    _look(node, value, path, found)
    return found


def _look(node: Node, value: Any, path: Path, found: list[Violation]) -> None:
    for check in node.checks:
        found.extend(check.find(value, path))
    if isinstance(value, dict):
        properties, others = node.properties, node.others
        for key, each in value.items():
            below = properties.get(key, others)
            if below is not None:
                _look(below, each, (*path, key), found)
    elif isinstance(value, list) and node.items is not None:
        for index, each in enumerate(value):
            _look(node.items, each, (*path, index), found)


def rest(node: Node) -> Node:
    """The same tree with only those checks for which no schema can stand in."""
    return _rest(node, {})


def quick(node: Node, schema: Schema) -> dict[str, Any]:
    """A schema that takes what `schema` takes and, beyond it, no object in which a check outside `rest` finds anything.

    It may refuse more than that; then the checks themselves have to look.
    """
    definitions: dict[str, Any] = {}
    overlay = _quick(node, definitions, {})
    return {
        **schema,
        "allOf": [*schema.get("allOf", ()), overlay],
        "definitions": {**schema.get("definitions", {}), **definitions},
    }


def _rest(node: Node, known: dict[int, Node]) -> Node:
    if id(node) not in known:
        known[id(node)] = result = Node([check for check in node.checks if check.quick is None])
        below = {key: _rest(each, known) for key, each in node.properties.items()}
        result.properties = {key: each for key, each in below.items() if each}
        result.items = node.items and (_rest(node.items, known) or None)
        result.others = node.others and (_rest(node.others, known) or None)
    return known[id(node)]


def _quick(node: Node, definitions: dict[str, Any], names: dict[int, str]) -> dict[str, Any]:
    """The part of the quick schema for a node; what has places beneath it becomes a definition, said once."""
    demands = [_demand(check.quick, definitions, names) for check in node.checks if check.quick is not None]
    if not (node.properties or node.items or node.others):
        return demands[0] if len(demands) == 1 else {"allOf": demands} if demands else {}
    if id(node) not in names:
        names[id(node)] = name = f"beyond{len(names)}"
        result: dict[str, Any] = {"allOf": demands} if demands else {}
        if node.properties:
            result["properties"] = {key: _quick(each, definitions, names) for key, each in node.properties.items()}
        if node.items:
            result["items"] = _quick(node.items, definitions, names)
        if node.others:
            result["additionalProperties"] = _quick(node.others, definitions, names)
        definitions[name] = result
    return {"$ref": f"#/definitions/{names[id(node)]}"}


def _demand(part: dict[str, Any], definitions: dict[str, Any], names: dict[int, str]) -> dict[str, Any]:
    """What a check demands; a selector is demanded in many places."""
    if "properties" not in part:
        return part
    if id(part) not in names:
        names[id(part)] = f"beyond{len(names)}"
        definitions[names[id(part)]] = part
    return {"$ref": f"#/definitions/{names[id(part)]}"}


def group_and_kind(schema: Schema) -> tuple[str, str]:
    """What the schema of a kind is about."""
    properties = schema.get("properties", {})
    api_version, kind = (str(properties.get(word, {}).get("const", "")) for word in ("apiVersion", "kind"))
    return api_version.rpartition("/")[0], kind


def _is_selector(properties: Schema) -> bool:
    return properties.keys() == native.SELECTOR


class _Table(dict[str, "_Table"]):
    """The kind's table as a tree of steps, `[]` for an item and `*` for any key; at each place its checks."""

    checks: tuple[Check, ...] = ()


_NOTHING = _Table()
_TELLING = frozenset({"x-kubernetes-list-type", "pattern", "format", "properties"})
"""The words of a schema by which `checks` knows what there is to check."""


def _steps(paths: Iterable[tuple[str, list[Check]]]) -> _Table:
    root = _Table()
    for path, checks in paths:
        table = root
        for step in path.replace("[]", ".[]").split("."):
            table = table.setdefault(step, _Table())
        table.checks = tuple(checks)
    return root


class _Builder:
    """Makes the tree of one kind; a definition that stands in many places is read once."""

    def __init__(self, schema: Schema) -> None:
        self.definitions = schema.get("definitions", {})
        self.group, self.kind = group_and_kind(schema)
        self.table = _steps(native.table(self.group, self.kind))
        below = {name: part for name, part in schema.get("properties", {}).items() if name != "metadata"}
        self.top = {**schema, "properties": below}
        self.known: dict[tuple[str, str], Node | None] = {}

    def root(self) -> Node:
        return self._node(self.top, "", self.table) or Node()

    def look(self, schema: Schema, name: str, table: _Table, value: Any, path: Path, found: list[Violation]) -> None:
        """Add what is wrong with a value at a place, and beneath it, to what was found."""
        if table.checks or not _TELLING.isdisjoint(schema):
            for check in (*self.checks(schema, name), *table.checks):
                found.extend(check.find(value, path))
        if isinstance(value, dict):
            properties, others = schema.get("properties", {}), schema.get("additionalProperties")
            if _is_selector(properties):
                return
            for key, each in value.items():
                if key in properties:
                    part, step, below = properties[key], key, table.get(key, _NOTHING)
                elif isinstance(others, dict) and others:
                    part, step, below = others, f"{name}.*", table.get("*", _NOTHING)
                else:
                    continue
                self.look(resolved(part, self.definitions), step, below, each, (*path, key), found)
        elif isinstance(value, list):
            items = schema.get("items")
            if isinstance(items, dict) and items:
                items, below = resolved(items, self.definitions), table.get("[]", _NOTHING)
                for index, each in enumerate(value):
                    self.look(items, f"{name}[]", below, each, (*path, index), found)

    def node(self, schema: Schema, name: str, table: _Table) -> Node | None:
        reference = schema.get("$ref")
        if reference is None or table or table.checks:
            return self._node(resolved(dict(schema), self.definitions), name, table)
        if (reference, name) not in self.known:
            self.known[reference, name] = self._node(resolved(dict(schema), self.definitions), name, table)
        return self.known[reference, name]

    def _node(self, schema: Schema, name: str, table: _Table) -> Node | None:
        properties, items, others = (schema.get(word) for word in ("properties", "items", "additionalProperties"))
        node = Node([*self.checks(schema, name), *table.checks])
        is_selector = _is_selector(properties or {})
        for key, part in (properties or {}).items():
            below = None if is_selector else self.node(part, key, table.get(key, _NOTHING))
            if below:
                node.properties[key] = below
        if isinstance(items, dict) and items:
            node.items = self.node(items, f"{name}[]", table.get("[]", _NOTHING))
        if isinstance(others, dict) and others:
            node.others = self.node(others, f"{name}.*", table.get("*", _NOTHING))
        return node or None

    def checks(self, schema: Schema, name: str) -> Iterator[Check]:
        """What a schema says of a place that is no part of JSON Schema, or that its form says for certain."""
        list_type = schema.get("x-kubernetes-list-type")
        if list_type == "map":
            yield self.unique_by(schema, name)
        elif list_type == "set":
            yield _SET
        if "[KMGTPE]i" in schema.get("pattern", ""):
            yield text(QUANTITY)
        elif schema.get("format") in FORMATS:
            yield text(FORMATS[schema["format"]])
        properties = schema.get("properties", {})
        if _is_selector(properties):
            yield native.SELECTS
        elif self.group == OPERATOR_GROUP and name == "metadata" and {"labels", "annotations"} <= properties.keys():
            yield native.LABELLED

    def unique_by(self, schema: Schema, name: str) -> Check:
        """The check of a list whose items some keys tell apart."""
        keys = tuple(schema["x-kubernetes-list-map-keys"])
        items = resolved(dict(schema.get("items", {})), self.definitions)
        known = items.get("properties", {})
        defaults = {key: resolved(known.get(key, {}), self.definitions).get("default") for key in keys}
        optional = None
        if self.group in native.GROUPS:
            defaults |= {"protocol": "TCP"} if "protocol" in keys else {}
            optional = None if "port" in keys else _OPTIONAL_TWICE.get(name)
        demanded = frozenset(keys) & frozenset(items.get("required", ()))
        return Check(partial(_duplicates, keys, defaults, demanded, optional))


def _duplicates(
    keys: tuple[str, ...],
    defaults: Mapping[str, Any],
    demanded: frozenset[str],
    optional: str | None,
    value: Any,
    path: Path,
) -> Iterator[Violation]:
    """Items of a list that have the same keys, a key that is missing counted as its default.

    An item without a key that it must have is for the schema.
    """
    if not isinstance(value, list) or len(value) < 2 or (len(keys) == 1 and _all_named(keys[0], value)):
        return
    first: dict[Any, int] = {}
    for index, item in enumerate(value):
        if not isinstance(item, dict) or not demanded <= item.keys():
            continue
        values = {name: item.get(name, defaults[name]) for name in keys}
        key = tuple(_identity(each) for each in values.values())
        if first.setdefault(key, index) != index:
            at = (*path, index, *(keys if len(keys) == 1 and keys[0] in item else ()))
            yield _duplicate(values, optional, label(path), first[key], index, at)


def _all_named(key: str, items: list[Any]) -> bool:
    """Whether each item has a text of its own under the key: then nothing more is to be looked at."""
    names = [item.get(key) if item.__class__ is dict else None for item in items]
    return all(name.__class__ is str for name in names) and len(set(names)) == len(names)


def _duplicate(
    values: Mapping[str, Any], optional: str | None, name: str, first: int, index: int, at: Path
) -> Violation:
    said = [f"{key} {show(value)}" for key, value in values.items() if value is not None]
    same = f"the {' and '.join(said)}" if said else f"no {' and no '.join(values)}"
    message = f"{name}[{index}] has {same}, as {name}[{first}] has"
    fix = f"Give each item of {name} its own {' and '.join(values)}, or remove one."
    if optional:
        message += f"; {optional}, and server-side apply refuses it"
    return Violation(message, fix, at, DUPLICATE, severity=Severity.WARNING if optional else None)


def _unique(value: Any, path: Path) -> Iterator[Violation]:
    """Items that stand in a set twice."""
    if not isinstance(value, list) or len(value) < 2:
        return
    first: dict[Any, int] = {}
    for index, item in enumerate(value):
        if first.setdefault(_identity(item), index) != index:
            message = f"{label(path)} has {show(item)} twice"
            yield Violation(message, "Remove one of them.", (*path, index), DUPLICATE)


_SET = Check(_unique, {"uniqueItems": True})


def _identity(value: Any) -> Any:
    """What makes two values the same to the server: 1, 1.0 and true are three."""
    if isinstance(value, (list, dict)):
        return json.dumps(value, sort_keys=True)
    return type(value), value
