"""What a scalar means to kubectl, Argo CD and Flux, whose YAML is neither 1.1 nor 1.2: `off` and `0b1` are no text.

Source: sigs.k8s.io/yaml v1.6.0 (yaml.go) on go.yaml.in/yaml/v2 v2.4.2 (resolve.go); numbers as Go's strconv reads and
encoding/json writes them. A date is text, as there.
"""

from __future__ import annotations

import re
import struct
from collections.abc import Callable
from math import isfinite, isinf, isnan
from typing import Any

from pggitops.patterns import pattern

BEGINNINGS = frozenset(["", *"~yYnNtTfFoO0123456789+-."])
"""How a scalar begins that may be something else than text."""

_CASES: tuple[Callable[[str], str], ...] = (str.lower, str.title, str.upper)
_WORDS: dict[str, Any] = {
    **dict.fromkeys([case(word) for word in ("y", "yes", "true", "on") for case in _CASES], True),
    **dict.fromkeys([case(word) for word in ("n", "no", "false", "off") for case in _CASES], False),
    **dict.fromkeys(["", "~", *(case("null") for case in _CASES)]),
    **dict.fromkeys([".nan", ".NaN", ".NAN"], float("nan")),
    **{f"{sign}.{case('inf')}": float(f"{sign}inf") for sign in ("", "+", "-") for case in _CASES},
}
_INTEGER = pattern(
    r"(?P<sign>[-+]?)(?:0[xX](?P<x>[0-9a-fA-F]+)|0[oO](?P<o>[0-7]+)|0[bB](?P<b>[01]+)"
    r"|0(?P<old>[0-7]*)|(?P<d>[1-9][0-9]*))"
)
_BASES = {"x": 16, "o": 8, "b": 2, "old": 8, "d": 10}
_SIGNED_BITS = pattern(r"0b(?P<sign>[-+])(?P<b>[01]+)")
_FLOAT = pattern(r"[-+]?(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?")
_FRACTION = pattern(r"\.[0-9]+(?:_[0-9]+)*(?:[eE][-+]?[0-9]+(?:_[0-9]+)*)?")
_MOST_DIGITS = 64
_GREATEST_SIGNED, _GREATEST = (1 << 63) - 1, (1 << 64) - 1
_IN_FULL = 1e21
"""From here on a whole number is written with an exponent in JSON."""


class NoJson(ValueError):
    """What JSON cannot hold: infinity, what is no number, a key that is neither text nor a number nor a boolean."""


def meaning(text: str) -> Any:
    """The value of a plain scalar: text, an integer, a float (also one like 3.0 or infinity), a boolean or None."""
    if text in _WORDS:
        return _WORDS[text]
    first = text[0]
    if first == ".":
        value = float(text) if _FRACTION().fullmatch(text) else None
    elif first in "+-0123456789":
        value = _number(text.replace("_", ""))
    else:
        value = None
    return text if value is None or not isfinite(value) else value


def _number(text: str) -> int | float | None:
    """What is too great for an integer in decimal or with a leading zero is a float."""
    match = _INTEGER().fullmatch(text)
    value = _integer(match) if match else None
    if value is None and _FLOAT().fullmatch(text):
        return float(text)
    if value is None and (match := _SIGNED_BITS().fullmatch(text)):
        return _integer(match)
    return value


def _integer(match: re.Match[str]) -> int | None:
    """An integer of 64 bits; without a sign it may be one bit greater."""
    base, sign = _BASES[str(match.lastgroup)], match["sign"]
    digits = match[match.lastgroup or 0].lstrip("0")
    if len(digits) > _MOST_DIGITS:
        return None
    value = int(digits or "0", base)
    if sign == "-":
        return -value if value <= _GREATEST_SIGNED + 1 else None
    return value if value <= (_GREATEST_SIGNED if sign else _GREATEST) else None


def in_json(value: Any) -> Any:
    """The value that JSON makes of a scalar's: 3.0 and 1e3 are integers there. Raises NoJson."""
    if not isinstance(value, float):
        return value
    if not isfinite(value):
        raise NoJson
    if not value.is_integer() or abs(value) >= _IN_FULL:
        return value
    from decimal import Decimal

    # the shortest digits that are read as the same float, and zeros
    whole = int(Decimal(repr(value)))
    return whole if -_GREATEST_SIGNED - 1 <= whole <= _GREATEST else value


def as_key(value: Any) -> str:
    """What a scalar's value is called as a key. Raises NoJson."""
    if isinstance(value, str):
        return value
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int) and value <= _GREATEST_SIGNED:
        return str(value)
    if isinstance(value, float):
        return _float_key(value)
    raise NoJson


def _float_key(value: float) -> str:
    """The fewest digits that are the same float of 32 bits; with an exponent below 0.0001 and from a million on."""
    value = _in_32_bits(value)
    if isnan(value):
        return ".nan"
    if isinf(value):
        return ".inf" if value > 0 else "-.inf"
    digits = next(digits for digits in range(9) if _in_32_bits(float(f"{value:.{digits}e}")) == value)
    written = f"{value:.{digits}e}"
    exponent = int(written.partition("e")[2])
    return f"{value:.{max(digits - exponent, 0)}f}" if -4 <= exponent < 6 else written


def _in_32_bits(value: float) -> float:
    try:
        (single,) = struct.unpack("f", struct.pack("f", value))
    except OverflowError:
        return float("inf") if value > 0 else float("-inf")
    return float(single)


def tagged(tag: str, text: str) -> Any:
    """The value of a scalar with a tag of YAML's own (`!!str`), quoted or not. Raises ValueError."""
    if tag == "!!str":
        return text
    value = meaning(text)
    if tag == "!!float" and value.__class__ is int and value <= _GREATEST_SIGNED:
        return float(value)
    if value.__class__ is not _TAGS.get(tag):
        raise ValueError(text)
    return value


_TAGS = {"!!int": int, "!!float": float, "!!bool": bool, "!!null": type(None)}
TAGS = frozenset(["!!str", *_TAGS])
"""The tags of scalars that are read; of others (`!!binary`, `!!timestamp`) nothing in a manifest has any."""
