"""What PostgreSQL reads in the text of a setting: numbers, units, booleans.

The rules are those of `parse_int`, `parse_real`, `convert_to_base_unit` (src/backend/utils/misc/guc.c) and `parse_bool`
(src/backend/utils/adt/bool.c), the same in PostgreSQL 12 to 18. A base unit is what a bare number counts: `kB`, `8kB`
(a page), `ms` and so on, or none.
"""

from __future__ import annotations

import functools
import math
import re

from pggitops.patterns import pattern

MEMORY = {"TB": 1 << 40, "GB": 1 << 30, "MB": 1 << 20, "kB": 1 << 10, "B": 1}
"""Units of memory in bytes, largest first. Case counts: `gb` is no unit."""
TIME = {"d": 86_400_000_000, "h": 3_600_000_000, "min": 60_000_000, "s": 1_000_000, "ms": 1000, "us": 1}
"""Units of time in microseconds, largest first."""

_BASES = {**MEMORY, "8kB": 8192, **TIME}
_LARGEST = 2**31 - 1

_LONG = pattern(r"\s*([+-]?(?:0[xX][0-9a-fA-F]+|0[0-7]*|[1-9][0-9]*))", re.ASCII)
_DOUBLE = pattern(
    r"\s*([+-]?(?:0[xX](?:[0-9a-fA-F]+\.?[0-9a-fA-F]*|\.[0-9a-fA-F]+)(?:[pP][+-]?[0-9]+)?"
    r"|(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][+-]?[0-9]+)?))",
    re.ASCII,
)
_MEANT = {
    **dict.fromkeys(("k", "kb", "ki", "kib"), "kB"),
    **dict.fromkeys(("m", "mb", "mi", "mib"), "MB"),
    **dict.fromkeys(("g", "gb", "gi", "gib"), "GB"),
    **dict.fromkeys(("t", "tb", "ti", "tib"), "TB"),
    **dict.fromkeys(("b", "byte", "bytes"), "B"),
}
_MEANT_TIME = {
    **dict.fromkeys(("us", "usec", "µs"), "us"),
    **dict.fromkeys(("ms", "msec", "msecs", "millis", "millisecond", "milliseconds"), "ms"),
    **dict.fromkeys(("s", "sec", "secs", "second", "seconds"), "s"),
    **dict.fromkeys(("m", "min", "mins", "minute", "minutes"), "min"),
    **dict.fromkeys(("h", "hr", "hrs", "hour", "hours"), "h"),
    **dict.fromkeys(("d", "day", "days"), "d"),
}


class WrongValue(ValueError):
    """Text that PostgreSQL does not read as a value; `meant` is how it probably should be written, or empty."""

    def __init__(self, reason: str, meant: str = "") -> None:
        super().__init__(reason)
        self.meant = meant


def boolean(text: str) -> bool | None:
    """A boolean as PostgreSQL reads it, abbreviations included (`t`, `of`); None for anything else."""
    word = text.lower()
    if not word:
        return None
    for name, value in (("true", True), ("false", False), ("yes", True), ("no", False)):
        if name.startswith(word):
            return value
    if word in ("1", "on"):
        return True
    return False if word in ("0", "of", "off") else None


@functools.lru_cache(maxsize=4096)
def integer(text: str, base: str | None) -> int:
    """A number for a parameter of type integer, in its base unit. WrongValue if there is none."""
    match = _LONG().match(text)
    value: float | None = None
    rest = text
    if match:
        value, rest = _long(match[1]), text[match.end() :]
    if rest[:1] in (".", "e", "E") or (value is not None and abs(value) >= 2**63):
        match = _DOUBLE().match(text)
        value, rest = (_double(match[1]), text[match.end() :]) if match else (None, text)
    if value is None or not math.isfinite(value):
        raise _no_number(text)
    number = round(_with_unit(value, rest, base, text))
    if not -_LARGEST - 1 <= number <= _LARGEST:
        raise WrongValue("is more than an integer holds")
    return number


def real(text: str, base: str | None) -> float:
    """A number for a parameter of type real, in its base unit. WrongValue if there is none."""
    match = _DOUBLE().match(text)
    if match is None:
        raise _no_number(text)
    value = _double(match[1])
    if math.isinf(value):
        raise WrongValue("is more than a number holds")
    return _with_unit(value, text[match.end() :], base, text)


def spoken(number: float, base: str | None) -> str:
    """A number of base units as people write it, in the largest unit that leaves it whole: `1GB`, `90s`, `0.5ms`."""
    if base is None or number in (0, -1):
        return f"{number:g}" if isinstance(number, float) else str(number)
    amount = number * _BASES[base]
    for unit, size in (MEMORY if _is_memory(base) else TIME).items():
        if amount % size == 0:
            return f"{int(amount) // size}{unit}"
    return f"{number:g}{base}"


def approximately(number: float, base: str) -> str:
    """A number of base units in the largest unit of which there is at least one: `8MB`, `1.5GB`."""
    amount = abs(number * _BASES[base])
    units = MEMORY if _is_memory(base) else TIME
    unit, size = next(((unit, size) for unit, size in units.items() if amount >= size), ("", 1))
    return f"{number * _BASES[base] / size:.3g}{unit}" if unit else "0"


def _is_memory(base: str) -> bool:
    return base in MEMORY or base == "8kB"


def _long(digits: str) -> int:
    if len(digits) > 64:
        return 2**63  # as strtol: out of range
    sign, digits = (-1, digits[1:]) if digits.startswith("-") else (1, digits.lstrip("+"))
    if digits[:2] in ("0x", "0X"):
        return sign * int(digits, 16)
    return sign * int(digits, 8 if digits[0] == "0" else 10)


def _double(digits: str) -> float:
    try:
        return float.fromhex(digits) if "x" in digits.lower() else float(digits)
    except OverflowError:
        return math.inf


def _with_unit(value: float, rest: str, base: str | None, text: str) -> float:
    unit = rest.strip(" \t\n\v\f\r")
    if not unit:
        return value
    if base is None:
        if unit[:1].isalpha():
            raise WrongValue("has a unit, and this parameter counts without one", text[: len(text) - len(rest)].strip())
        raise _no_number(text)
    units = MEMORY if _is_memory(base) else TIME
    if unit not in units:
        raise _no_unit(text, rest, unit, base)
    multiplier = units[unit] / _BASES[base]
    number = value * multiplier
    names = list(units)
    if unit != names[-1]:
        # guc.c rounds a fraction to whole ones of the next smaller unit
        smaller = units[names[names.index(unit) + 1]] / _BASES[base]
        number = round(number / smaller) * smaller
    return number


def _no_unit(text: str, rest: str, unit: str, base: str) -> WrongValue:
    is_memory = _is_memory(base)
    names = ", ".join(reversed(MEMORY if is_memory else TIME))
    meant = (_MEANT if is_memory else _MEANT_TIME).get(unit.lower(), "")
    number = text[: len(text) - len(rest)].strip()
    reason = f'has no unit that PostgreSQL knows ("{unit}"; there are {names}, and case counts)'
    return WrongValue(reason, number + meant if meant else "")


def _no_number(text: str) -> WrongValue:
    plain = re.sub(r"(?<=[0-9])[_'](?=[0-9])", "", text)
    return WrongValue("is no number", plain if plain != text else "")
