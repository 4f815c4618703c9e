"""Services that are exposed, and the pooler."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from pggitops import pooler
from pggitops.plan.effects import facts
from pggitops.plan.effects.context import value_at
from pggitops.plan.effects.match import Match
from pggitops.plan.model import Steps

_OPEN = ("0.0.0.0/0", "::/0")


def open_ranges(word: bool, match: Match) -> bool:
    """The exposed Service takes connections from everywhere: no range, or one that holds all addresses."""
    service = value_at(match.context.either, _service(match.difference.path))
    ranges = service.get("loadBalancerSourceRanges") if isinstance(service, Mapping) else None
    return (not isinstance(ranges, list) or not ranges or any(each in _OPEN for each in ranges)) is word


def internal(word: bool, match: Match) -> bool:
    """An annotation of the exposed Service asks for a load balancer that is not on the Internet."""
    return _is_internal(match.context.either, match) is word


def old_internal(word: bool, match: Match) -> bool:
    """An annotation of the exposed Service asked for a load balancer that is not on the Internet."""
    return _is_internal(match.context.old or {}, match) is word


def _is_internal(document: Any, match: Match) -> bool:
    service = value_at(document, _service(match.difference.path))
    annotations = facts.a_map(facts.a_map(service).get("annotations"))
    return any(
        "internal" in f"{key}={value}".lower() and str(value).lower() != "false" for key, value in annotations.items()
    )


def service_type(word: str | list[str], match: Match) -> bool:
    """The type of the exposed Service after the change."""
    service = value_at(match.context.either, _service(match.difference.path))
    found = service.get("type", "ClusterIP") if isinstance(service, Mapping) else "ClusterIP"
    return found in ([word] if isinstance(word, str) else word)


def service_has(name: str, match: Match) -> bool:
    """The exposed Service says something of this name after the change."""
    service = value_at(match.context.either, _service(match.difference.path))
    return isinstance(service, Mapping) and bool(service.get(name))


def service_was(types: list[str], match: Match) -> bool:
    """The type of the exposed Service before the change."""
    service = value_at(match.context.old or {}, _service(match.difference.path))
    return isinstance(service, Mapping) and service.get("type", "ClusterIP") in types


def _service(path: Steps) -> Steps:
    for name in ("expose", "exposeReplicas"):
        if name in path:
            return path[: path.index(name) + 1]
    return path


def setting(word: str, match: Match) -> bool:
    """A setting of PgBouncer that is read at `restart` only, or that it cannot read (`unknown`), its value neither."""
    name = str(match.captures[-1])
    if word == "restart":
        return pooler.needs_restart(name)
    return not facts.is_missing(match.difference.new) and pooler.judge(name, str(match.difference.new)) is not None


def no_pooler(word: bool, match: Match) -> bool:
    """The cluster has no PgBouncer after the change."""
    return match.context.new is not None and (not facts.poolers(match.context)) is word
