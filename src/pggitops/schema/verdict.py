"""Whether a schema takes a document: by `jsonschema_rs`, or for the first few documents without it.

Compiled, a schema judges a document in microseconds; but to import the compiler and to compile takes as long as to walk
through dozens of documents. So a run of one environment compiles nothing, and one of many all that it needs.

`takes` knows the words that the schemas of this repository use, and where a document is good it says so. It is no
second opinion: whatever it does not take, or cannot tell, is for the compiled schema to decide.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any

Schema = Mapping[str, Any]
Verdict = Callable[[Any], bool]
Word = Callable[[Any, Any, Schema, Schema], bool]

FEW = 24
"""How many documents are walked through before their schema is worth its compilation."""

_walked = FEW


def expect(environments: int) -> None:
    """So many environments are to be judged: where they are many, no document is walked through in vain."""
    global _walked
    _walked = FEW if environments < 2 * FEW else 0


def walked() -> int:
    """How many documents of a kind are walked through."""
    return _walked


def verdict_of(schema: Schema) -> Verdict:
    """The verdict of a schema of this repository; it is compiled once it is worth it, or a document is not good."""
    seen = 0
    judge: Verdict | None = None

    def verdict(document: Any) -> bool:
        nonlocal seen, judge
        if judge is None:
            seen += 1
            if seen <= _walked and takes(schema, document):
                return True
            judge = compiled(schema)
        return judge(document)

    return verdict


def compiled(schema: Schema) -> Verdict:
    """The verdict of any schema. Raises ValueError for what is none, or refers to what is not in it."""
    # jsonschema_rs imports it by itself, and an interruption then is a panic
    import decimal  # noqa: F401  # imported for that alone

    import jsonschema_rs

    def nowhere(address: str) -> Any:
        raise ValueError(f"{address} is not fetched")

    verdict: Verdict = jsonschema_rs.validator_for(dict(schema), retriever=nowhere).is_valid
    return verdict


class _CannotTell(Exception):
    """A word or a value that engines might see differently."""


def takes(schema: Schema, document: Any) -> bool:
    """Whether the schema surely takes a document; no is no answer."""
    try:
        return _takes(schema, document, {**schema.get("definitions", {}), **schema.get("$defs", {})})
    except _CannotTell:
        return False


def _takes(schema: Any, value: Any, definitions: Schema) -> bool:
    if schema is True or schema is False:
        return bool(schema)
    for word, demand in schema.items():
        holds = _WORDS.get(word, _unknown)
        if holds is not None and not holds(demand, value, schema, definitions):
            return False
    return True


# ---- one function a word: what it demands, the value, the schema it stands in, the definitions ----


def _unknown(demand: Any, value: Any, schema: Schema, definitions: Schema) -> bool:
    raise _CannotTell


def _type(demand: Any, value: Any, schema: Schema, definitions: Schema) -> bool:
    # 1.0 is an integer to JSON Schema
    kinds = _TYPES.get(int if value.__class__ is float and value.is_integer() else value.__class__)
    if kinds is None:
        raise _CannotTell
    return demand in kinds if demand.__class__ is str else not kinds.isdisjoint(demand)


def _properties(demand: Any, value: Any, schema: Schema, definitions: Schema) -> bool:
    if value.__class__ is dict:
        for key, each in value.items():
            part = demand.get(key)
            if part is not None and not _takes(part, each, definitions):
                return False
    return True


def _additional(demand: Any, value: Any, schema: Schema, definitions: Schema) -> bool:
    if value.__class__ is not dict or demand is True:
        return True
    known: Schema = schema.get("properties", {})
    if demand is False:
        return known.keys() >= value.keys()
    return all(_takes(demand, each, definitions) for key, each in value.items() if key not in known)


def _names(demand: Any, value: Any, schema: Schema, definitions: Schema) -> bool:
    return value.__class__ is not dict or all(_takes(demand, key, definitions) for key in value)


def _required(demand: Any, value: Any, schema: Schema, definitions: Schema) -> bool:
    return value.__class__ is not dict or all(key in value for key in demand)


def _items(demand: Any, value: Any, schema: Schema, definitions: Schema) -> bool:
    if demand.__class__ is list:
        raise _CannotTell
    return value.__class__ is not list or all(_takes(demand, each, definitions) for each in value)


def _pattern(demand: Any, value: Any, schema: Schema, definitions: Schema) -> bool:
    if value.__class__ is not str:
        return True
    # of a line's end, and of letters beyond ASCII, engines have views of their own
    if not (value.isascii() and value.isprintable()):
        raise _CannotTell
    return re.search(demand, value) is not None


def _format(demand: Any, value: Any, schema: Schema, definitions: Schema) -> bool:
    if value.__class__ is str and demand not in _KUBERNETES_FORMATS:
        raise _CannotTell
    return True


def _const(demand: Any, value: Any, schema: Schema, definitions: Schema) -> bool:
    return _is_same(demand, value)


def _enum(demand: Any, value: Any, schema: Schema, definitions: Schema) -> bool:
    return any(_is_same(each, value) for each in demand)


def _is_same(one: Any, other: Any) -> bool:
    """To Python 1 and true are the same, to JSON 1 and 1.0; lists and maps are left out for what is in them."""
    kinds = {one.__class__, other.__class__}
    if not kinds <= _PLAIN:
        raise _CannotTell
    return len(kinds) == 1 and bool(one == other)


def _unique(demand: Any, value: Any, schema: Schema, definitions: Schema) -> bool:
    if value.__class__ is not list or not demand:
        return True
    if any(each.__class__ is not str for each in value):
        raise _CannotTell
    return len(set(value)) == len(value)


def _reference(demand: Any, value: Any, schema: Schema, definitions: Schema) -> bool:
    return _takes(definitions[demand.rpartition("/")[2]], value, definitions)


def _if(demand: Any, value: Any, schema: Schema, definitions: Schema) -> bool:
    return _takes(schema.get("then" if _takes(demand, value, definitions) else "else", True), value, definitions)


def _size(
    kind: type[str | list[Any] | dict[str, Any]], is_within: Callable[[int, Any], bool]
) -> Callable[[Any, Any, Schema, Schema], bool]:
    return lambda demand, value, schema, definitions: not isinstance(value, kind) or is_within(len(value), demand)


def _bound(is_within: Callable[[Any, Any], bool]) -> Word:
    return lambda demand, value, schema, definitions: value.__class__ not in (int, float) or is_within(value, demand)


_TYPES = {
    dict: frozenset({"object"}),
    list: frozenset({"array"}),
    str: frozenset({"string"}),
    int: frozenset({"integer", "number"}),
    float: frozenset({"number"}),
    bool: frozenset({"boolean"}),
    type(None): frozenset({"null"}),
}
# which are none of JSON Schema
_KUBERNETES_FORMATS = ("byte", "int32", "int64")
_PLAIN = {str, int, bool, type(None)}
_SAY_NOTHING = (
    *("$schema", "definitions", "$defs", "then", "else", "default", "examples"),
    *("x-kubernetes-list-type", "x-kubernetes-list-map-keys", "x-kubernetes-map-type", "x-kubernetes-int-or-string"),
    *("x-kubernetes-group-version-kind", "x-kubernetes-validations", "x-kubernetes-preserve-unknown-fields"),
    *("x-pggitops-expects", "x-pggitops-becomes", "x-pggitops-short", "x-pggitops-scope"),
)
_WORDS: dict[str, Word | None] = {
    **dict.fromkeys(_SAY_NOTHING),
    "type": _type,
    "properties": _properties,
    "additionalProperties": _additional,
    "propertyNames": _names,
    "required": _required,
    "items": _items,
    "pattern": _pattern,
    "format": _format,
    "const": _const,
    "enum": _enum,
    "uniqueItems": _unique,
    "$ref": _reference,
    "if": _if,
    "not": lambda demand, value, schema, definitions: not _takes(demand, value, definitions),
    "allOf": lambda demand, value, schema, definitions: all(_takes(each, value, definitions) for each in demand),
    "anyOf": lambda demand, value, schema, definitions: any(_takes(each, value, definitions) for each in demand),
    "oneOf": lambda demand, value, schema, definitions: sum(_takes(each, value, definitions) for each in demand) == 1,
    "minLength": _size(str, lambda size, least: size >= least),
    "maxLength": _size(str, lambda size, most: size <= most),
    "minItems": _size(list, lambda size, least: size >= least),
    "maxItems": _size(list, lambda size, most: size <= most),
    "minProperties": _size(dict, lambda size, least: size >= least),
    "maxProperties": _size(dict, lambda size, most: size <= most),
    "minimum": _bound(lambda value, least: value >= least),
    "exclusiveMinimum": _bound(lambda value, least: value > least),
    "maximum": _bound(lambda value, most: value <= most),
}
