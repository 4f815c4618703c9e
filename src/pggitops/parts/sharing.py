"""What many objects have alike is made once, and written once."""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import ParamSpec, TypeVar

from pggitops import yamlio
from pggitops.model import Environment, ObjectStore, Operator, Target

Given = ParamSpec("Given")
Made = TypeVar("Made")

# a trace gives what notes each word that is read, and has to see it read for each object
_PLAIN = frozenset({Environment, ObjectStore, Operator, Target, int, str})
# some are of one environment alone, and all of those that are built together have to find room
_MOST = 256


def shared(make: Callable[Given, Made]) -> Callable[Given, Made]:
    """A function of a part of the model or a name that gives the same map or list for the same arguments.

    Nobody changes what it gives. In one object it stands once only: who edits a copy of that means one place.
    """
    known: dict[object, Made] = {}

    @functools.wraps(make)
    def same(*given: Given.args, **named: Given.kwargs) -> Made:
        if named or type(given[0]) not in _PLAIN:
            return make(*given, **named)
        found = known.get(given)
        if found is None:
            if len(known) >= _MOST:
                yamlio.loosen(known.values())
                known.clear()
            found = known[given] = yamlio.fixed(make(*given, **named))
        return found

    return same
