"""What to write instead: a value as a person would write it, an example for a schema, the value likely meant."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable, Iterator
from typing import Any

from pggitops.patterns import pattern

Schema = dict[str, Any]

_SHOWN = 40
_UNIT = pattern(r"([0-9]+(?:\.[0-9]+)?)\s*([kmgtp])i?b?", re.IGNORECASE)
_UNITS = "smhd"
_NUMBER_AND_UNIT = pattern(rf"[0-9]+([{_UNITS}])")
_DAY = pattern(r"([0-9]{4})[-/.]([0-9]{1,2})[-/.]([0-9]{1,2})")
_ADDRESS = pattern(r"[0-9.]+|[0-9a-fA-F:.]*:[0-9a-fA-F:.]*")
_SCHEME = pattern(r"^[a-z0-9]+://")
_ENDS_ITEM = frozenset(",[]{}")
_TRUE, _FALSE = frozenset(["yes", "on", "true", "y"]), frozenset(["no", "off", "false", "n"])


def show(value: Any) -> str:
    """A value for a message: as JSON, not longer than about forty characters."""
    text = json.dumps(value, ensure_ascii=False)
    return text if len(text) <= _SHOWN else text[: _SHOWN - 1] + "…"


def flow(value: Any) -> str:
    """A value as YAML on one line."""
    if isinstance(value, dict):
        return "{" + ", ".join(f"{_item(name)}: {_item(each)}" for name, each in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(_item(each) for each in value) + "]"
    if isinstance(value, str):
        from pggitops.yamlio import quote

        return quote(value)
    return json.dumps(value)


def _item(value: Any) -> str:
    """A value inside a list or map on one line, where a comma or bracket would end it."""
    text = flow(value)
    if isinstance(value, str) and not text.startswith('"') and _ENDS_ITEM.intersection(text):
        return json.dumps(value, ensure_ascii=False)
    return text


def example(schema: Schema, resolve: Callable[[Schema], Schema]) -> Any:
    """A value the schema takes: its constant, its first example, its default, or the least that it requires.

    `resolve` gives a schema with what its `$ref` names.
    """
    schema = resolve(schema)
    if "const" in schema:
        return schema["const"]
    for word in ("examples", "enum"):
        if schema.get(word):
            return schema[word][0]
    if "default" in schema:
        return schema["default"]
    kind = schema.get("type", "object")
    if "object" in kind:
        properties = schema.get("properties", {})
        first: Schema = next(iter(schema.get("oneOf") or schema.get("anyOf") or ()), {})
        required = schema.get("required") or first.get("required", [])
        entry = schema.get("additionalProperties")
        if not properties and isinstance(entry, dict):
            return {example(schema.get("propertyNames", {"type": "string"}), resolve): example(entry, resolve)}
        return {name: example(properties[name], resolve) for name in required if name in properties}
    if "array" in kind:
        return [example(schema["items"], resolve)] if "items" in schema else []
    return True if "boolean" in kind else "text" if "string" in kind else 1


def repaired(value: Any, fits: Callable[[Any], bool], usual: Iterable[Any] = ()) -> Any:
    """The value somebody is likely to have meant, which `fits`; None if none comes to mind.

    `usual` are values as they are written there: a number that lacks a unit gets one of theirs.
    """
    return next((guess for guess in _guesses(value, usual) if guess != value and fits(guess)), None)


def usual(schema: Schema) -> list[Any]:
    """Values as they are written where a schema holds: its default, its examples; of cores, thousandths too."""
    cores = ["500m"] if {"number", "string"} <= set(schema.get("type", ())) else []
    return [*([schema["default"]] if "default" in schema else []), *schema.get("examples", ()), *cores]


def missing_units(value: Any, guess: Any, fits: Callable[[Any], bool]) -> list[str]:
    """The units that a number may have, if the guess is the number with one of them."""
    if not isinstance(guess, str) or guess != f"{value}{guess[-1:]}":
        return []
    return [unit for unit in _UNITS if fits(f"{value}{unit}")]


def _guesses(value: Any, usual: Iterable[Any]) -> Iterator[Any]:
    if isinstance(value, str):
        # of nothing, nothing is known
        if value.strip():
            yield from _texts(value.strip())
            yield from _scalars(value.strip())
            yield from _with_unit(value.strip(), usual)
    elif isinstance(value, bool):
        yield json.dumps(value)
        yield "on" if value else "off"
    elif isinstance(value, (int, float)):
        yield json.dumps(value)
        yield from _with_unit(json.dumps(value), usual)
    if value is not None and not isinstance(value, (list, dict)):
        yield [value]


def _with_unit(number: str, usual: Iterable[Any]) -> Iterator[str]:
    """A number with the unit of one of `usual`; those of sizes differ too much to be guessed."""
    for each in usual if number.isdigit() else ():
        if isinstance(each, str) and (match := _NUMBER_AND_UNIT().fullmatch(each)):
            yield f"{number}{match[1]}"


def _texts(text: str) -> Iterator[str]:
    yield text
    unit, day = _UNIT().fullmatch(text), _DAY().fullmatch(text)
    if unit:
        yield f"{unit[1]}{unit[2].upper()}i"
    if day:
        yield f"{day[1]}-{day[2]:0>2}-{day[3]:0>2}"
    yield text.lower()
    yield text.lower().replace("_", "-").replace(" ", "-")
    yield text.lower().replace("-", "_")
    if _ADDRESS().fullmatch(text):
        yield f"{text}/{128 if ':' in text else 32}"
    yield _SCHEME().sub("", text)
    yield _SCHEME().sub("", text).rstrip("/")
    yield text.rstrip("/")


def _scalars(text: str) -> Iterator[Any]:
    if text.lower() in _TRUE | _FALSE:
        yield text.lower() in _TRUE
        yield "on" if text.lower() in _TRUE else "off"
    for number in (int, float):
        try:
            yield number(text)
        except (ValueError, OverflowError):
            continue
