"""Whom a policy concerns: one that says what it is about is asked only where that is written.

A policy's `about` has the names of one or several forms; it is asked where any of them is there:

- `parameters`, `pgbouncer`, `pgbackrest`: what a PerconaPGCluster sets of the server, in PgBouncer's section
  `[pgbouncer]`, and of pgBackRest
- `kinds`: kinds of objects of the environment; `ready`: the same among those that somebody wrote as manifests
- `words`: attributes of the model, of the cluster or, for `check_environment`, of the environment; `a.b` for one inside
- `problems`: what is looked for once for several policies, and mostly in vain: `parameters`, `pgbouncer` and
  `pgbackrest` where something is wrong with one of these, `network` where a connection is cut that must be possible,
  `secrets` where one stands in the environment's files
- `services`: the types of Services, other than ClusterIP, that a PerconaPGCluster asks for
- `options`: what the options of users say (`role_options.said`)

Most policies are about what few write, so that most of the catalogue costs nothing.
"""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterable, Mapping
from itertools import compress
from operator import attrgetter
from typing import TYPE_CHECKING, Any

from pggitops import exposure, parameters, pgbackrest, pooler, role_options
from pggitops.model import Cluster

if TYPE_CHECKING:
    from pggitops.policies import Facts

About = Mapping[str, tuple[str, ...]]
Names = Mapping[str, frozenset[str]]
"""The names of each form."""


def names(abouts: Iterable[About]) -> Names:
    """All that some policies are about."""
    every = list(abouts)
    return {form: frozenset(name for about in every for name in about.get(form, ())) for form in FORMS}


def problems(facts: Facts) -> frozenset[str]:
    """In which areas something is wrong with an environment."""
    return _wrong(_OF_ENVIRONMENTS, facts)


def there(names: Names, facts: Facts, wrong: frozenset[str], cluster: Cluster | None) -> tuple[frozenset[str], ...]:
    """Which of the names are there, form by form; without a cluster none that only a resource has.

    `wrong` has the areas in which something is wrong with the environment.
    """
    kinds, ready = names["kinds"].intersection(facts.kinds), names["ready"].intersection(facts.ready)
    words, values_of = _reader(names["words"])
    written = frozenset(compress(words, values_of(facts.environment if cluster is None else cluster)))
    if cluster is None:
        return kinds, ready, written, names["problems"] & wrong
    resource = facts.resource(cluster)[1].document
    return (
        kinds,
        ready,
        written,
        names["problems"].intersection(wrong | _wrong(_OF_RESOURCES, resource)),
        *[_there(names[form], look, resource) for form, look in _WRITTEN.items()],
    )


@functools.cache
def _reader(words: frozenset[str]) -> tuple[tuple[str, ...], Callable[[Any], tuple[Any, ...]]]:
    """The words in an order, and what reads them all at once."""
    order = (*words,)
    # a getter of one alone would not give a tuple
    return order, attrgetter(*order, *order[:1])


_OF_ENVIRONMENTS: Mapping[str, Callable[[Facts], Any]] = {
    "network": lambda facts: facts.reachability().has_cuts,
    "secrets": lambda facts: facts.has_committed,
}
_OF_RESOURCES: Mapping[str, Callable[[Mapping[str, Any]], Any]] = {
    "parameters": parameters.problems,
    "pgbouncer": pooler.problems,
    "pgbackrest": pgbackrest.problems,
}


_WRITTEN: Mapping[str, Callable[[Mapping[str, Any]], Iterable[str]]] = {
    "parameters": parameters.of,
    "pgbouncer": pooler.of,
    "pgbackrest": pgbackrest.options_of,
    "services": exposure.types,
    "options": role_options.said,
}
FORMS = ("kinds", "ready", "words", "problems", *_WRITTEN)


def _there(
    names: frozenset[str], look: Callable[[Mapping[str, Any]], Iterable[str]], resource: Mapping[str, Any]
) -> frozenset[str]:
    try:
        return names.intersection(look(resource))
    except Exception:
        return names


def _wrong(areas: Mapping[str, Callable[[Any], Any]], given: Any) -> frozenset[str]:
    """The areas with problems; where looking fails, each policy is asked and fails too, and that is told of."""
    wrong = []
    for area, look in areas.items():
        try:
            found = look(given)
        except Exception:
            found = True
        if found:
            wrong.append(area)
    return frozenset(wrong)


def is_concerned(about: About | None, there: tuple[frozenset[str], ...]) -> bool:
    """Whether a policy is asked: one that does not say what it is about always is."""
    if about is None:
        return True
    return any(not here.isdisjoint(about.get(form, ())) for form, here in zip(FORMS, there, strict=False))
