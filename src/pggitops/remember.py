"""What is asked again and again of one resource is worked out once."""

from __future__ import annotations

import functools
from collections.abc import Callable, Mapping
from typing import Any, TypeVar

Answer = TypeVar("Answer")


def once(function: Callable[[Mapping[str, Any]], Answer]) -> Callable[[Mapping[str, Any]], Answer]:
    """A function of a resource that remembers what it said of the last one: policies judge one after the other.

    The resource is held, not its id, so that another one is never taken for it; nobody changes it while it is judged.
    """
    last: Any = None
    answer: Any = None

    @functools.wraps(function)
    def remembering(resource: Mapping[str, Any]) -> Answer:
        nonlocal last, answer
        if last is not resource:
            answer = function(resource)
            last = resource
        said: Answer = answer
        return said

    return remembering
