"""What is asked again and again of one resource is worked out once."""

from __future__ import annotations

import functools
from collections.abc import Callable, Mapping
from typing import Any, TypeVar

Answer = TypeVar("Answer")


# more than the clusters of environments that are built together; those before are held no longer
_MOST = 48


def once(function: Callable[[Mapping[str, Any]], Answer]) -> Callable[[Mapping[str, Any]], Answer]:
    """A function of a resource that remembers what it said of the last ones, which policies judge in turn.

    The resource is held, not its id, so that another one is never taken for it; nobody changes it while it is judged.
    """
    known: dict[int, tuple[Mapping[str, Any], Answer]] = {}

    @functools.wraps(function)
    def remembering(resource: Mapping[str, Any]) -> Answer:
        found = known.get(id(resource))
        if found is None:
            if len(known) >= _MOST:
                known.clear()
            found = known[id(resource)] = resource, function(resource)
        return found[1]

    return remembering
