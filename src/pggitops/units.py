"""Kubernetes quantities and durations as numbers."""

from __future__ import annotations

import functools
from typing import TYPE_CHECKING

from pggitops.patterns import pattern

if TYPE_CHECKING:
    from fractions import Fraction

_QUANTITY = pattern(r"([+-]?[0-9]*\.?[0-9]+)(Ki|Mi|Gi|Ti|Pi|Ei|n|u|m|k|M|G|T|P|E|)")
_POWERS = {
    "": (1, 0),
    **{suffix: (1024, power) for power, suffix in enumerate(["Ki", "Mi", "Gi", "Ti", "Pi", "Ei"], 1)},
    **{suffix: (1000, power) for power, suffix in enumerate(["k", "M", "G", "T", "P", "E"], 1)},
    **{suffix: (1000, -power) for power, suffix in enumerate(["m", "u", "n"], 1)},
}
_DURATION = pattern(r"([0-9]+)(s|m|h|d|w)")
_GO_PART = pattern(r"([0-9]+(?:[.][0-9]*)?|[.][0-9]+)(ns|us|µs|μs|ms|s|m|h)")
_GO_DURATION = pattern(r"(?:(?:[0-9]+(?:[.][0-9]*)?|[.][0-9]+)(?:ns|us|µs|μs|ms|s|m|h))+")
_GO_UNITS = {"ns": 1e-9, "us": 1e-6, "µs": 1e-6, "μs": 1e-6, "ms": 1e-3, "s": 1.0, "m": 60.0, "h": 3600.0}
_SECONDS = {"s": 1, "m": 60, "h": 3600, "d": 86400, "w": 604800}


@functools.lru_cache(maxsize=1024)
def quantity(text: str | int | float) -> Fraction:
    """A Kubernetes quantity (`8Gi`, `500m`, `2`) in its base unit: bytes or cores. ValueError if it is none."""
    number, base, power = _parts(text)
    from fractions import Fraction

    return Fraction(number) * Fraction(base) ** power


def rounded(text: str | int | float) -> float:
    """The float nearest to a quantity. ValueError if it is none."""
    number, base, power = _parts(text)
    whole, _, decimals = number.partition(".")
    above, below = int(whole + decimals), 10 ** len(decimals)
    scale: int = base ** abs(power)
    return float(above * scale / below if power >= 0 else above / (below * scale))


def _parts(text: str | int | float) -> tuple[str, int, int]:
    """The number of a quantity, and the base and power of its suffix."""
    match = _QUANTITY().fullmatch(str(text))
    if match is None:
        raise ValueError(f"{text} is no quantity")
    return match[1], *_POWERS[match[2]]


@functools.lru_cache(maxsize=1024)
def seconds(text: str) -> int:
    """A duration of the overlay (`30s`, `12h`, `90d`) in seconds. ValueError if it is none."""
    match = _DURATION().fullmatch(text)
    if match is None:
        raise ValueError(f"{text} is no duration")
    return int(match[1]) * _SECONDS[match[2]]


def go_duration(text: str) -> float | None:
    """Seconds of a duration as Go writes it, `1h30m`; None for what Go does not read (`ParseDuration` of time)."""
    sign, rest = (-1, text[1:]) if text[:1] == "-" else (1, text.removeprefix("+"))
    if rest == "0":
        return 0.0
    if not rest or not _GO_DURATION().fullmatch(rest):
        return None
    return sign * sum(float(number) * _GO_UNITS[unit] for number, unit in _GO_PART().findall(rest))
