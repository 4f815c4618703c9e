"""Until when versions are supported, and on which Kubernetes an operator was tested.

The days are in `data/support.json`; the tested versions are `platforms` of `data/operator/<version>.json`.
"""

from __future__ import annotations

import datetime
import functools
import json
from pathlib import Path
from typing import Any

from pggitops import operators

Version = tuple[int, ...]


@functools.cache
def _days() -> dict[str, dict[str, Any]]:
    document: dict[str, dict[str, Any]] = json.loads((Path(__file__).parent / "data" / "support.json").read_bytes())
    return document


def end_of_postgresql(major: int) -> datetime.date | None:
    """The day of a major's last release; None where it is not known."""
    return _day("postgresql", str(major))


def end_of_operator(version: str) -> datetime.date | None:
    """The last day of support for an operator of that major; None where none has been announced."""
    return _day("operator", version.partition(".")[0])


@functools.cache
def _day(what: str, version: str) -> datetime.date | None:
    text = _days()[what].get(version)
    return datetime.date.fromisoformat(text) if text else None


@functools.cache
def tested(operator: str, platform: str) -> tuple[str, str]:
    """The oldest and the newest Kubernetes an operator was tested on; on any platform for one that is not known.

    OpenShift 4.N is Kubernetes 1.(N+13) (docs.redhat.com, release notes of OpenShift 4.16 to 4.21).
    """
    platforms: dict[str, list[str]] = operators.facts(operator)["platforms"]
    if platform == "openshift":
        low, high = (f"1.{operators.number(version)[1] + 13}" for version in platforms["openshift"])
        return low, high
    known = [platforms[platform]] if platform in platforms else [platforms[name] for name in ("gke", "eks", "aks")]
    return min((low for low, _ in known), key=operators.number), max((high for _, high in known), key=operators.number)
