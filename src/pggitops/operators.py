"""What each operator version is made of: images per PostgreSQL major, RBAC rules, container; one data file a version.

The files are `data/operator/<version>.json`; each names the files of the operator's tag it was read from. A new version
is a new file.
"""

from __future__ import annotations

import functools
import json
from pathlib import Path
from typing import Any

_FOLDER = Path(__file__).parent / "data" / "operator"


@functools.cache
def versions() -> tuple[str, ...]:
    """The known operator versions, oldest first."""
    return tuple(sorted((path.stem for path in _FOLDER.glob("*.json")), key=number))


@functools.cache
def facts(version: str) -> dict[str, Any]:
    """The facts of a known version; KeyError for an unknown one."""
    try:
        document: dict[str, Any] = json.loads((_FOLDER / f"{version}.json").read_bytes())
    except OSError as error:
        raise KeyError(version) from error
    return document


def number(version: str) -> tuple[int, ...]:
    """A version as numbers that compare: `2.10.0` is newer than `2.9.1`."""
    return _number(str(version))


@functools.lru_cache(maxsize=256)
def _number(version: str) -> tuple[int, ...]:
    return tuple(int(part) for part in version.split("."))


@functools.cache
def minors_behind(older: str, newer: str) -> int:
    """How many minor versions `older` lags, counted among the known ones; negative where it leads.

    3.0 follows 2.9 (docs.percona.com, "Upgrade the Operator"), so majors do not count by themselves.
    """
    minors = sorted({number(version)[:2] for version in (*versions(), older, newer)})
    return minors.index(number(newer)[:2]) - minors.index(number(older)[:2])
