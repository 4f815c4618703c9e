"""Objects that are right, and the same with one thing wrong: made from structural schemas, the same on every machine.

Every distinct part of a kind's schema is visited once, at a place drawn by a seeded generator. A good object is grown
there until it has a value at that place (`Place.control`); then one thing about that value is spoilt, in every way that
makes sense for it (`spoilt`). What is spoilt is called by a class, under which `agreement.yaml` may say more.
"""

from __future__ import annotations

import copy
import json
import random
import re
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

Schema = dict[str, Any]
Path = tuple[str | int, ...]
ANY = "any-key"
SEED = 20261125


@dataclass(frozen=True)
class Place:
    """One place in a kind, its schema, and an object that has a right value there."""

    path: Path
    schema: Schema
    control: dict[str, Any]


@dataclass(frozen=True)
class Case:
    """One object with one thing wrong, of a class, at a place."""

    word: str
    path: Path
    document: dict[str, Any]


def places(schema: Schema, good: dict[str, Any]) -> Iterator[Place]:
    """One place per distinct part of the schema, each with the good object grown to hold a value there."""
    found: dict[str, list[tuple[Path, Schema]]] = defaultdict(list)
    for path, node in _walk(schema, ()):
        if path and path[0] not in ("apiVersion", "kind", "metadata"):
            found[json.dumps(node, sort_keys=True)].append((path, node))
    generator = random.Random(SEED)
    for same in found.values():
        path, node = generator.choice(same)
        document = copy.deepcopy(good)
        _grow(document, schema, path)
        yield Place(path, node, document)


def _walk(schema: Schema, path: Path) -> Iterator[tuple[Path, Schema]]:
    yield path, schema
    for name, each in schema.get("properties", {}).items():
        yield from _walk(each, (*path, name))
    for word, step in (("items", 0), ("additionalProperties", ANY)):
        if isinstance(schema.get(word), dict):
            yield from _walk(schema[word], (*path, step))


def _grow(document: Any, schema: Schema, path: Path) -> None:
    """Put the least that is right on the way to a place, and there."""
    for step in path:
        if len(document) >= schema.get("maxProperties", 1000):
            document.clear()
        schema = child(schema, step)
        if isinstance(document, list):
            if not document:
                document.append(least(schema))
        elif document.get(step) in (None, [], {}):
            document[step] = least(schema)
        document = document[step]


def child(schema: Schema, step: str | int) -> Schema:
    if step == 0:
        return schema["items"]
    return schema.get("properties", {}).get(step) or schema["additionalProperties"]


def least(schema: Schema) -> Any:
    """The smallest value that is right by the schema."""
    if schema.get("x-kubernetes-int-or-string"):
        return 1
    if "enum" in schema:
        return schema["enum"][0]
    match schema.get("type"):
        case "object":
            properties = schema.get("properties", {})
            needed = [*schema.get("required", ()), *properties][
                : max(len(schema.get("required", ())), schema.get("minProperties", 0))
            ]
            return {name: least(properties[name]) for name in needed}
        case "array":
            return [least(schema["items"]) for _ in range(schema.get("minItems", 0))]
        case "string":
            return _text(schema)
        case "integer" | "number":
            return max(schema.get("minimum", 1), 1)
        case "boolean":
            return True
    return {ANY: 1}


_TEXTS = (
    "a",
    "aa",
    "repo1",
    "1m",
    "@daily",
    "https://example.com",
    "oci://example.com/a",
    "sha256:0a",
)
_FORMATS = {"date-time": ("2026-01-01T00:00:00Z",), "byte": ("YQ==",)}


def _text(schema: Schema) -> str:
    for text in _FORMATS.get(schema.get("format", ""), _TEXTS):
        if re.search(schema.get("pattern", ""), text) and len(text) >= schema.get("minLength", 0):
            return text
    raise AssertionError(f"no right text for {schema}")


def spoilt(place: Place, root: Schema) -> Iterator[Case]:
    """The object of a place as it is, and in every way spoilt there."""
    for case in (Case("good", place.path, place.control), *_spoilt(place, root)):
        yield replace(case, word=_word(case.word, place.path))


def _word(word: str, path: Path) -> str:
    """The class of a case: some places are so of their own kind that what is spoilt there does not matter."""
    if path[0] == "status":
        return "duplicate in status" if word.startswith("duplicate") else "status"
    return "selector" if {"matchExpressions", "matchFields"} & set(path) else word


def _spoilt(place: Place, root: Schema) -> Iterator[Case]:
    schema, path = place.schema, place.path
    for word, value in _values(schema):
        yield Case(word, path, _changed(place.control, path, value))
    value = at(place.control, path)
    if isinstance(value, dict):
        for word, changed in _objects(schema, value):
            yield Case(word, path, _changed(place.control, path, changed))
    if schema.get("x-kubernetes-list-type") in ("map", "set"):
        item = least(schema["items"])
        for key in schema.get("x-kubernetes-list-map-keys", ()):
            item[key] = least(schema["items"]["properties"][key])
        yield Case(
            f"duplicate in {schema['x-kubernetes-list-type']}", path, _changed(place.control, path, [item, item])
        )
    if path[-1] != ANY and path[-1] != 0:
        parent = at(place.control, path[:-1])
        if path[-1] in schema_at(root, path[:-1]).get("required", ()):
            rest = {name: each for name, each in parent.items() if name != path[-1]}
            word = "drop what has a default" if "default" in schema else "drop"
            yield Case(word, path[:-1], _changed(place.control, path[:-1], rest))


def combined(schema: Schema, good: dict[str, Any]) -> Iterator[Case]:
    """Objects with some of the keys that the kind's own CEL rules are about, right each by itself."""
    generator = random.Random(SEED)
    for path, node in _walk(schema, ()):
        if "x-kubernetes-validations" not in node:
            continue
        document = copy.deepcopy(good)
        _grow(document, schema, path)
        for _ in range(COMBINATIONS):
            value = _drawn(node, at(document, path), _rules(node), generator)
            yield Case("rule", path, _changed(document, path, value))


COMBINATIONS = 150


def _rules(schema: Schema) -> str:
    return " ".join(str(each["rule"]) for each in schema["x-kubernetes-validations"])


def _drawn(schema: Schema, value: Any, rules: str, generator: random.Random) -> Any:
    """A value with some of its keys taken away, replaced or added: mostly those the rules name, only those freely."""
    if schema.get("type") == "array":
        return [
            _drawn(schema["items"], least(schema["items"]), rules, generator) for _ in range(generator.randrange(3))
        ]
    properties = schema.get("properties")
    if not properties:
        return generator.choice(list(_right(schema, rules)))
    result = dict(value) if isinstance(value, dict) else {}
    for name, each in properties.items():
        if generator.random() < (0.6 if name in rules else 0.1):
            if name in result and name not in schema.get("required", ()) and generator.random() < 0.5:
                del result[name]
            elif name in rules:
                result[name] = _drawn(each, result.get(name, least(each)), rules, generator)
            else:
                result[name] = least(each)
    return result


def _right(schema: Schema, rules: str) -> Iterator[Any]:
    """Values that are right by the schema and may matter to rules."""
    yield least(schema)
    yield from schema.get("enum", ())
    match schema.get("type"):
        case "boolean":
            yield False
        case "integer":
            yield from (schema[word] for word in ("minimum", "maximum") if word in schema)
        case "string" if not {"enum", "pattern", "format", "minLength"} & schema.keys():
            yield from ("", "b")
        case "object" if isinstance(others := schema.get("additionalProperties"), dict):
            for name in re.findall(r"(?:self\.|startsWith\(\")([a-z_]+)|$", rules):
                yield {name or ANY: least(others)}
                yield {f"{name}ssl": "logical" if others.get("x-kubernetes-int-or-string") else least(others)}


def with_metadata(good: dict[str, Any], written: dict[str, list[Any]]) -> Iterator[Case]:
    """The good object with other metadata: per class a list of what is laid over its own."""
    for word, values in written.items():
        for value in values:
            yield Case(word, ("metadata",), {**good, "metadata": {**good["metadata"], **value}})


def schema_at(schema: Schema, path: Path) -> Schema:
    for step in path:
        schema = child(schema, step)
    return schema


def at(value: Any, path: Path) -> Any:
    for step in path:
        value = value[step]
    return value


def _changed(document: Any, path: Path, value: Any) -> Any:
    if not path:
        return value
    result = copy.copy(document)
    result[path[0]] = _changed(document[path[0]], path[1:], value)
    return result


_OF_TYPE: dict[str, Any] = {
    "object": {ANY: "x"},
    "array": ["x"],
    "string": "x",
    "integer": 7,
    "number": 1.5,
    "boolean": True,
}


def _values(schema: Schema) -> Iterator[tuple[str, Any]]:
    """Wrong values, each with its class; some are right by the schema, and both sides should say so."""
    kind = schema.get("type")
    either = schema.get("x-kubernetes-int-or-string")
    open_ = schema.get("x-kubernetes-preserve-unknown-fields") and kind is None
    right = {"integer", "string"} if either else {"integer", "number"} if kind == "number" else {kind}
    for name, value in _OF_TYPE.items():
        if name not in right:
            yield "anything" if open_ else "retype", value
    yield (
        "null where it may be" if schema.get("nullable") else "null for a default" if "default" in schema else "null",
        None,
    )
    if kind == "integer" or either:
        yield "whole number with a point", 1.0
    if kind == "integer" or either:
        for value in (2**31, -(2**31) - 1, 2**63, -(2**63) - 1):
            yield "large number", value
    if "enum" in schema:
        yield "enum", "nonsense" if kind == "string" else 12345
    if kind == "string" or either:
        yield from _wrong_texts(schema)
    for word, beyond in (("minimum", -1), ("maximum", 1)):
        if word in schema:
            yield "out of range", schema[word] + beyond
    if "minItems" in schema:
        yield "too few", []
    if "minProperties" in schema:
        yield "too few", {}
    if "maxProperties" in schema and "properties" in schema:
        yield "too many", {name: least(each) for name, each in schema["properties"].items()}


def _wrong_texts(schema: Schema) -> Iterator[tuple[str, str]]:
    pattern = schema.get("pattern", "")
    quantity = "[KMGTPE]i" in pattern
    for text in ("1GB", "ten", "1..5", "") if quantity else ("", "-a", "A b", "a;b", "ftp://x", "repo9", "1 h\n"):
        if pattern and not re.search(pattern, text):
            yield "quantity" if quantity else "pattern", text
    if pattern and not quantity and re.search(pattern, text := f"{_text(schema)}\n"):
        yield "newline after a pattern's end", text
    if schema.get("minLength"):
        yield "too short", "a" * (schema["minLength"] - 1)
    if "maxLength" in schema:
        yield "too long", "a" * (schema["maxLength"] + 1)
    if schema.get("format") == "date-time":
        yield "no date", "yesterday"
    if schema.get("format") == "byte":
        for text in ("", "a", "YQ", "YQ=", "YQ==\n", "YWFh", "*"):
            yield "base64", text


def _objects(schema: Schema, value: dict[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    properties = schema.get("properties")
    open_ = schema.get("x-kubernetes-preserve-unknown-fields")
    if properties:
        name = next(iter(value), next(iter(properties)))
        yield "misspell where any key goes" if open_ else "misspell", {**value, f"{name}x": value.get(name)}
    if "maxProperties" in schema and "additionalProperties" in schema:
        each = least(schema["additionalProperties"])
        yield "too many", {f"key{number}": each for number in range(schema["maxProperties"] + 1)}
