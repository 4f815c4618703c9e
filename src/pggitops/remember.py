"""What is asked again and again of one resource is worked out once."""

from __future__ import annotations

import functools
from collections.abc import Callable, Mapping
from typing import Any, TypeVar

Answer = TypeVar("Answer")


_known: list[dict[int, Any]] = []


def forget() -> None:
    """Let go of every resource, and of what was said of it."""
    for known in _known:
        known.clear()


def once(function: Callable[[Mapping[str, Any]], Answer]) -> Callable[[Mapping[str, Any]], Answer]:
    """A function of a resource that remembers what it said of each until it is to `forget`.

    The resource is held, not its id, so that another one is never taken for it; nobody changes it while it is judged.
    """
    known: dict[int, tuple[Mapping[str, Any], Answer]] = {}
    _known.append(known)

    @functools.wraps(function)
    def remembering(resource: Mapping[str, Any]) -> Answer:
        found = known.get(id(resource))
        if found is None:
            found = known[id(resource)] = resource, function(resource)
        return found[1]

    return remembering
