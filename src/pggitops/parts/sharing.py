"""What many objects have alike is made once."""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import ParamSpec, TypeVar, cast

from pggitops.model import Environment

Given = ParamSpec("Given")
Made = TypeVar("Made")

# a trace gives what notes each word that is read, and has to see it read for each object
_PLAIN = (Environment, str)


def shared(most: int = 8) -> Callable[[Callable[Given, Made]], Callable[Given, Made]]:
    """A function of an environment or a name that gives the same map for the same arguments; nobody changes it."""

    def decorate(make: Callable[Given, Made]) -> Callable[Given, Made]:
        known = cast(Callable[Given, Made], functools.lru_cache(maxsize=most)(make))

        @functools.wraps(make)
        def same(*given: Given.args, **named: Given.kwargs) -> Made:
            return known(*given, **named) if type(given[0]) in _PLAIN else make(*given, **named)

        return same

    return decorate
