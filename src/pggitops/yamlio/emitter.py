"""Writing: block style, deterministic, and the same for every reader.

Every string is quoted that YAML 1.1, YAML 1.2 or Go's `sigs.k8s.io/yaml` (what kubectl, Argo CD and Flux read with)
would take for something else.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterable, Iterator
from types import GeneratorType
from typing import Any, TypeVar

from pggitops.errors import CannotGoOn

# A plain scalar: begins with a letter, `_` or `/`, and holds nothing that could end it or start a comment
_PLAIN = re.compile(
    r"[A-Za-z_/]{inside}*(?:(?::(?=[^\s:])| (?=[A-Za-z0-9_./(\[<$-])){inside}*)*".replace(
        "{inside}", r"[A-Za-z0-9_./@%+=,~()*;$<>&!?\[\]{}^|\\-]"
    )
)
# … or with a digit, and is a quantity, a version or an address that no reader takes for a number
_PLAIN_NUMERIC = re.compile(r"(?!0[xX])[0-9]+[A-Za-z]+|[0-9]+(?:\.[0-9]+){2,}(?:/[0-9]+)?")
_WORDS = frozenset(["y", "n", "yes", "no", "on", "off", "true", "false", "null"])
_LITERAL = re.compile(r"(?![ \n\t])[^\x00-\x08\x0b-\x1f\x7f-\x9f\u2028\u2029\ufeff\ud800-\udfff\ufffe\uffff]*")
_ESCAPES = {'"': '\\"', "\\": "\\\\", "\n": "\\n", "\t": "\\t", "\r": "\\r"}
_NEEDS_ESCAPE = re.compile(r'["\\\x00-\x1f\x7f-\xa0\u2028\u2029\ufeff\ud800-\udfff\ufffe\uffff]')
# what is longer is no key for libyaml unless a `?` announces it
_LONGEST_KEY = 1000
_LEAST, _GREATEST = -(1 << 63), (1 << 64) - 1
Value = TypeVar("Value")
_Fixed = tuple[Any, dict[str, str]]
_cache: dict[str, str] = {}
# by identity: the value, and its text by indentation
_fixed: dict[int, _Fixed] = {}

written = _cache.get
"""How a string is written that was written before; else None, as for everything else: then `scalar` knows."""


def fixed(value: Value) -> Value:
    """The same value; a list or a map is known as one that nobody changes: `dump` writes it once for each indentation.

    It is kept, so that no other object can have its identity, until it is loosened.
    """
    if value and id(value) not in _fixed:
        _fixed[id(value)] = value, {}
    return value


def loosen(values: Iterable[Any]) -> None:
    """Let go of what was fixed."""
    for value in values:
        _fixed.pop(id(value), None)


def quote(text: str) -> str:
    """A string as a YAML scalar on one line: plain where every reader agrees that it is this string, else quoted."""
    emitted = _cache.get(text)
    if emitted is None:
        if len(_cache) > 5_000:
            _cache.clear()
        emitted = _quote(text)
        # a value of several lines may be written as a literal, a long key with a `?`: `dump` must not find them here
        if "\n" not in text and len(emitted) <= _LONGEST_KEY:
            _cache[text] = emitted
    return emitted


def _quote(text: str) -> str:
    if text.lower() not in _WORDS and (_PLAIN.fullmatch(text) or _PLAIN_NUMERIC.fullmatch(text)):
        return text
    return '"' + _NEEDS_ESCAPE.sub(lambda match: _escape(match[0]), text) + '"'


def _escape(character: str) -> str:
    short = _ESCAPES.get(character)
    if short:
        return short
    code = ord(character)
    if 0xD800 <= code <= 0xDFFF:
        raise CannotGoOn("a lone surrogate cannot be written as YAML")
    return f"\\x{code:02x}" if code < 0x100 else f"\\u{code:04x}"


def dump(document: Any) -> str:
    """A document of maps, lists and scalars as YAML text that ends in a newline; keys stay in their order.

    A generator in a map is a list that is too long to be held.
    """
    lines: list[str] = []
    if isinstance(document, dict) and document:
        _map_lines(document, "", "", lines)
    elif isinstance(document, list) and document:
        _list_lines(document, "", lines)
    else:
        lines.append(scalar(document, ""))
    lines.append("")
    return "\n".join(lines)


def field(before: str, value: Any, indent: str) -> str:
    """One key of a map at `indent` with its value, as `dump` writes them; `before` is what the value follows."""
    kind = value.__class__
    if kind is str:
        return f"{before} {written(value) or scalar(value, indent)}\n"
    if (kind is dict or kind is list) and value:
        inner = indent + "  " if kind is dict else indent
        one = _fixed.get(id(value))
        if one is not None:
            return f"{before}\n{one[1].get(inner) or _fixed_text(one, inner)}\n"
        lines = [before]
        if kind is dict:
            _map_lines(value, inner, inner, lines)
        else:
            _list_lines(value, inner, lines)
        lines.append("")
        return "\n".join(lines)
    return f"{before} {scalar(value, indent)}\n"


def optional(before: str, mapping: dict[str, Any], key: str, indent: str) -> str:
    """The `field` of a key that a map need not have."""
    return field(before, mapping[key], indent) if key in mapping else ""


def _map_lines(mapping: dict[str, Any], first: str, indent: str, lines: list[str]) -> None:
    """The lines of a map; `first` is what stands before its first key (a list's dash), `indent` before the others."""
    lead, shared, add = first, _fixed.get, lines.append
    for name, value in mapping.items():
        key = written(name) or _key(name, indent)
        kind = value.__class__
        if kind is str:
            add(f"{lead}{key}: {written(value) or scalar(value, indent)}")
        elif kind is dict and value:
            add(f"{lead}{key}:")
            deeper = indent + "  "
            one = shared(id(value))
            if one is None:
                _map_lines(value, deeper, deeper, lines)
            else:
                add(one[1].get(deeper) or _fixed_text(one, deeper))
        elif kind is list and value:
            add(f"{lead}{key}:")
            one = shared(id(value))
            if one is None:
                _list_lines(value, indent, lines)
            else:
                add(one[1].get(indent) or _fixed_text(one, indent))
        elif kind is bool:
            add(f"{lead}{key}: true" if value else f"{lead}{key}: false")
        elif kind is int and _LEAST <= value <= _GREATEST:
            add(f"{lead}{key}: {value}")
        elif kind is GeneratorType:
            pieces = list(_pieces(value, indent))
            add(f"{lead}{key}:" if pieces else f"{lead}{key}: []")
            lines += pieces
        else:
            add(f"{lead}{key}: {scalar(value, indent)}")
        lead = indent


def _fixed_text(one: _Fixed, indent: str) -> str:
    """What is fixed at an indentation that it was not written at before."""
    value, texts = one
    lines: list[str] = []
    if isinstance(value, dict):
        _map_lines(value, indent, indent, lines)
    else:
        _list_lines(value, indent, lines)
    texts[indent] = text = "\n".join(lines)
    return text


def _key(name: str, indent: str) -> str:
    key = quote(name)
    return key if len(key) <= _LONGEST_KEY else f"? {key}\n{indent}"


def _list_lines(items: list[Any], indent: str, lines: list[str]) -> None:
    deeper, dash, shared = indent + "  ", indent + "- ", _fixed.get
    for item in items:
        kind = item.__class__
        if kind is str:
            lines.append(f"{dash}{written(item) or scalar(item, indent)}")
        elif kind is dict and item:
            one = shared(id(item))
            if one is None:
                _map_lines(item, dash, deeper, lines)
            else:
                text = one[1].get(deeper) or _fixed_text(one, deeper)
                lines.append(dash + text[len(deeper) :])
        elif kind is list and item:
            nested: list[str] = []
            _list_lines(item, deeper, nested)
            lines.append(f"{dash}{nested[0][len(deeper) :]}")
            lines.extend(nested[1:])
        else:
            lines.append(f"{dash}{scalar(item, indent)}")


def _pieces(items: Iterator[Any], indent: str) -> Iterator[str]:
    """The text of a list that is made while it is written, so many items at a time."""
    while some := list(itertools.islice(items, 1_000)):
        lines: list[str] = []
        _list_lines(some, indent, lines)
        yield "\n".join(lines)


def scalar(value: Any, indent: str) -> str:
    """A value that is no map and no list, or an empty one, as it follows a key at `indent`."""
    kind = value.__class__
    if kind is str:
        return _literal(value, indent) if "\n" in value and _is_literal(value) else quote(value)
    if value is None:
        return "null"
    if kind is bool:
        return "true" if value else "false"
    if kind is int and _LEAST <= value <= _GREATEST:
        return str(value)
    if kind is float:
        return _float(value)
    if kind is dict and not value:
        return "{}"
    if kind is list and not value:
        return "[]"
    raise TypeError(f"{value!r} ({kind.__name__}) is no value of a manifest")


def _float(value: float) -> str:
    text = repr(value)
    if "n" in text:
        raise TypeError(f"{text} is no value of a manifest")
    mantissa, e, exponent = text.partition("e")
    return f"{mantissa}.0e{exponent}" if e and "." not in mantissa else text


def _is_literal(text: str) -> bool:
    return not text.endswith("\n\n") and text[:-1].count("\n") > 0 and _LITERAL.fullmatch(text) is not None


def _literal(text: str, indent: str) -> str:
    """A text of several lines in literal style, at two blanks more than the key it belongs to."""
    chomp = "" if text.endswith("\n") else "-"
    deeper = indent + "  "
    body = "\n".join(deeper + line if line else "" for line in text.removesuffix("\n").split("\n"))
    return f"|{chomp}\n{body}"
