"""What a scalar without quotes means in YAML 1.2 core."""

from __future__ import annotations

import re
from collections.abc import Callable
from math import isfinite
from typing import Any

BEGINNINGS = frozenset(["", *"~nNtTfF0123456789+-.<"])
"""How a scalar begins that may be something else than text; `<<` is a merge key."""

_SPECIAL = re.compile(
    r"(?P<null>|~|null|Null|NULL)"
    r"|(?P<true>true|True|TRUE)|(?P<false>false|False|FALSE)"
    r"|(?P<integer>[-+]?[0-9]+)|(?P<octal>0o[0-7]+)|(?P<hexadecimal>0x[0-9a-fA-F]+)"
    r"|(?P<infinite>[-+]?\.(?:inf|Inf|INF)|\.(?:nan|NaN|NAN))"
    r"|(?P<float>[-+]?(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?)"
)
_LEAST_INTEGER, _GREATEST_INTEGER = -(1 << 63), (1 << 64) - 1


class NoNumber(ValueError):
    """A number that does not fit in 64 bits."""


def meaning(text: str) -> Any:
    """The value of a plain scalar: text, a number, a boolean or None. Raises NoNumber."""
    match = _SPECIAL.fullmatch(text) if text[:1] in BEGINNINGS else None
    return text if match is None else _CONVERT[match.lastgroup or ""](text)


def _integer(text: str, base: int = 10) -> int:
    value = int(text, base) if len(text) <= 20 else _GREATEST_INTEGER + 1
    if not _LEAST_INTEGER <= value <= _GREATEST_INTEGER:
        raise NoNumber(text)
    return value


def _float(text: str) -> float:
    value = float(text)
    if not isfinite(value):
        raise NoNumber(text)
    return value


_CONVERT: dict[str, Callable[[str], Any]] = {
    "null": lambda text: None,
    "true": lambda text: True,
    "false": lambda text: False,
    "integer": _integer,
    "octal": lambda text: _integer(text, 0),
    "hexadecimal": lambda text: _integer(text, 0),
    # `.inf` and `.nan` become numbers that are refused
    "infinite": lambda text: _float(text.replace(".", "")),
    "float": _float,
}
