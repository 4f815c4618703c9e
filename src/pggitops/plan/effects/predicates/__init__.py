"""The conditions that rows of the table name: what surrounds a change, asked by word.

Each is a public function of the row's argument and of the match, in the module of what it looks at; in a row its name
is written with hyphens.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from types import ModuleType
from typing import Any

from pggitops.plan.effects.match import Match
from pggitops.plan.effects.predicates import backups, objects, outside, postgres, resource

Predicate = Callable[[Any, Match], bool]


def _any_of(groups: Iterable[Mapping[str, Any]], match: Match) -> bool:
    """All conditions of one of several groups hold."""
    return any(all(PREDICATES[name](argument, match) for name, argument in each.items()) for each in groups)


def _named(module: ModuleType) -> dict[str, Predicate]:
    return {
        name.replace("_", "-"): function
        for name, function in vars(module).items()
        if getattr(function, "__module__", "") == module.__name__ and not name.startswith("_")
    }


_MODULES = (backups, objects, outside, postgres, resource)
PREDICATES: Mapping[str, Predicate] = {
    "any-of": _any_of,
    **{name: function for module in _MODULES for name, function in _named(module).items()},
}
"""Every condition by the word that rows use."""
