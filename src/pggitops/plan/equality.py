"""When two scalars that are written differently are the same value: quantities, durations, settings.

Each function takes the key they stand at, both values and the PostgreSQL major (0 where there is none).
"""

from __future__ import annotations

import functools
import re
from collections.abc import Callable
from typing import Any

Same = Callable[[str, Any, Any, int], bool]

_QUANTITY = re.compile(
    r"([+-]?(?:[0-9]+\.?[0-9]*|\.[0-9]+))(?:([KMGTPE]i|[numkMGTPE])|[eE]([+-]?[0-9]{1,3}))?", re.ASCII
)
_DURATION = re.compile(r"[+-]?(?:(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:ns|us|µs|ms|s|m|h))+|0", re.ASCII)
_PART = re.compile(r"([0-9]+\.?[0-9]*|\.[0-9]+)(ns|us|µs|ms|s|m|h)", re.ASCII)
_SECONDS = {"ns": 1e-9, "us": 1e-6, "µs": 1e-6, "ms": 1e-3, "s": 1, "m": 60, "h": 3600}


def exact(key: str, one: Any, other: Any, major: int) -> bool:
    return bool(one == other)


def quantity(key: str, one: Any, other: Any, major: int) -> bool:
    """`1Gi` and `1024Mi`, `"1000m"` and 1 (k8s.io/apimachinery, `pkg/api/resource/quantity.go`)."""
    amount = _amount(one)
    return bool(one == other) or (amount is not None and amount == _amount(other))


def duration(key: str, one: Any, other: Any, major: int) -> bool:
    """`10m0s` and `600s`, as Go's time.ParseDuration reads them."""
    length = _length(one)
    return bool(one == other) or (length is not None and length == _length(other))


def words(key: str, one: Any, other: Any, major: int) -> bool:
    """Words with commas between them, in any order."""
    return sorted(_words(one)) == sorted(_words(other))


def parameter(key: str, one: Any, other: Any, major: int) -> bool:
    """A server parameter: `4GB` and `4096MB`, `on` and true."""
    from pggitops import parameters

    return bool(one == other) or (_are_scalars(one, other) and parameters.same(key, one, other, major))


def backup_option(key: str, one: Any, other: Any, major: int) -> bool:
    """An option of pgBackRest."""
    from pggitops import pgbackrest

    return pgbackrest.same(key, str(one), str(other))


def pooler_setting(key: str, one: Any, other: Any, major: int) -> bool:
    """A global setting of PgBouncer."""
    from pggitops import pooler

    return pooler.same(key, str(one), str(other))


def patroni(key: str, one: Any, other: Any, major: int) -> bool:
    """Patroni's own settings: `on` is true, and `"30"` is 30 (patroni 4.1 `utils.py` parse_bool, `validator.py`)."""
    if isinstance(one, bool) or isinstance(other, bool):
        return _truth(one) == _truth(other)
    return str(one) == str(other)


def _truth(value: Any) -> bool | str:
    word = str(value).lower()
    if word in ("on", "true", "yes", "1"):
        return True
    return False if word in ("off", "false", "no", "0") else word


def _words(value: Any) -> list[str]:
    return [word.strip() for word in str(value).split(",")]


def _are_scalars(*values: Any) -> bool:
    return all(isinstance(value, str | int | float) for value in values)


@functools.lru_cache(maxsize=1024, typed=True)
def _amount(value: Any) -> Any:
    """A quantity as a number that compares; None for what is none."""
    from pggitops import units

    match = _QUANTITY.fullmatch(str(value))
    if match is None or isinstance(value, bool):
        return None
    number = match[1].rstrip(".")
    amount = units.quantity(number + (match[2] or ""))
    return amount * units.quantity(10) ** int(match[3]) if match[3] else amount


@functools.lru_cache(maxsize=1024, typed=True)
def _length(value: Any) -> float | None:
    """A duration in whole nanoseconds; None for what is none."""
    if not isinstance(value, str) or not _DURATION.fullmatch(value):
        return None
    length = sum(float(number) * _SECONDS[unit] for number, unit in _PART.findall(value))
    return round(length * 1e9) * (-1 if value.startswith("-") else 1)
