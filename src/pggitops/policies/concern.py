"""Whom a policy concerns: one that says what it is about is asked only where that is written.

A policy's `about` has the names of one or several forms; it is asked where any of them is there:

- `parameters`, `pgbouncer`, `pgbackrest`: what a PerconaPGCluster sets of the server, in PgBouncer's section
  `[pgbouncer]`, and of pgBackRest
- `kinds`: kinds of objects of the environment; `ready`: the same among those that somebody wrote as manifests
- `words`: attributes of the model, of the cluster or, for `check_environment`, of the environment; `a.b` for one inside

Most policies are about what few write, so that most of the catalogue costs nothing.
"""

from __future__ import annotations

import functools
from collections.abc import Iterable, Mapping
from operator import attrgetter
from typing import Any

from pggitops import parameters, pgbackrest, pooler
from pggitops.model import Manifest

About = Mapping[str, tuple[str, ...]]
Names = Mapping[str, frozenset[str]]
"""The names of each form."""

FORMS = ("kinds", "ready", "words", "parameters", "pgbouncer", "pgbackrest")


def names(abouts: Iterable[About]) -> Names:
    """All that some policies are about."""
    every = list(abouts)
    return {form: frozenset(name for about in every for name in about.get(form, ())) for form in FORMS}


def kinds_of(manifests: Iterable[Manifest]) -> tuple[frozenset[str], frozenset[str]]:
    """The kinds of objects, and those among what somebody wrote."""
    every = {(manifest.document["kind"], bool(manifest.source)) for manifest in manifests}
    return frozenset(kind for kind, _ in every), frozenset(kind for kind, is_ready in every if is_ready)


def there(
    names: Names, kinds: tuple[frozenset[str], frozenset[str]], model: Any, resource: Mapping[str, Any] | None
) -> tuple[frozenset[str], ...]:
    """Which of the names are there, form by form; without a resource none that only a resource has."""
    words = frozenset([word for word in names["words"] if _getter(word)(model)])
    found = names["kinds"] & kinds[0], names["ready"] & kinds[1], words
    if resource is None:
        return found
    return (
        *found,
        names["parameters"].intersection(parameters.of(resource)),
        names["pgbouncer"].intersection(pooler.of(resource)),
        names["pgbackrest"].intersection(pgbackrest.options_of(resource)),
    )


_getter = functools.cache(attrgetter)


def is_concerned(about: About | None, there: tuple[frozenset[str], ...]) -> bool:
    """Whether a policy is asked: one that does not say what it is about always is."""
    if about is None:
        return True
    return any(not here.isdisjoint(about.get(form, ())) for form, here in zip(FORMS, there, strict=False))
