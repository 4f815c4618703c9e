"""A composed document becomes the model: each class of `model` is made from a map by what its annotations say."""

from __future__ import annotations

import functools
import types
import typing
from collections.abc import Callable, Mapping
from typing import Any

from pggitops.model import (
    Acceptance,
    Delivery,
    Environment,
    Extensions,
    Monitoring,
    Operator,
    Secrets,
    Target,
    WaiverRules,
    word,
)
from pggitops.record import described, is_kind


def build(name: str, document: Mapping[str, Any]) -> Environment:
    """The model of a composed document that its schema has accepted; `name` is the environment's folder."""
    environment: Environment = _builder(Environment)(document, name)
    return environment


def acceptances(document: Mapping[str, Any]) -> Mapping[str, Acceptance]:
    """What the document of a removed environment accepts, which its schema has accepted."""
    make = _builder(Acceptance)
    return {name: make(raw, name) for name, raw in document.get("accept", {}).items()}


# extension switches and parameters are PostgreSQL's own names, not words in camelCase
_VERBATIM: frozenset[type] = frozenset({Extensions})

# what bases say for all their environments: layers that are merged share it, and it becomes one record for all
_OF_BASES: frozenset[type] = frozenset({Target, Operator, Delivery, Secrets, Monitoring, WaiverRules})
_MOST_REMEMBERED = 64


@functools.cache
def _builder(cls: type) -> Callable[..., Any]:
    """A function from a map (and its key) to an instance of `cls`; made once per class from its annotations."""
    keyed = next((name for name, _, metadata in described(cls) if metadata.get("key")), None)
    table: dict[str, tuple[str, Callable[[Any], Any] | None]] = {
        name if cls in _VERBATIM else word(name): (name, _converter(annotation))
        for name, annotation, _ in described(cls)
        if name != keyed
    }

    def make(raw: Mapping[str, Any], own_key: str | None = None) -> Any:
        values: dict[str, Any] = {}
        if keyed:
            values[keyed] = own_key
        for name, value in raw.items():
            entry = table.get(name)
            if entry is not None:
                attribute, convert = entry
                values[attribute] = value if convert is None else convert(value)
        return cls(**values)

    return make


def _converter(hint: Any) -> Callable[[Any], Any] | None:
    """How a value of a document becomes one of the annotated type; None where it stays as it is."""
    origin, arguments = typing.get_origin(hint), typing.get_args(hint)
    if origin is types.UnionType or origin is typing.Union:
        present = [argument for argument in arguments if argument is not type(None)]
        return _converter(present[0]) if len(present) == 1 else None
    if is_kind(hint):
        build_one = _builder(typing.cast(type, hint))
        return _remembered(build_one) if hint in _OF_BASES else build_one
    if origin is tuple:
        item = _converter(arguments[0])
        return tuple if item is None else lambda values: tuple([item(value) for value in values])
    if origin is Mapping and is_kind(arguments[1]):
        build_one = _builder(typing.cast(type, arguments[1]))
        return lambda mapping: {name: build_one(value, name) for name, value in mapping.items()}
    return None


def _remembered(build_one: Callable[[Any], Any]) -> Callable[[Any], Any]:
    """The same record for the same map; documents are never edited in place, and a map that is kept keeps its id."""
    known: dict[int, tuple[Any, Any]] = {}

    def convert(raw: Any) -> Any:
        found = known.get(id(raw))
        if found is None:
            if len(known) >= _MOST_REMEMBERED:
                known.clear()
            found = known[id(raw)] = (raw, build_one(raw))
        return found[1]

    return convert
