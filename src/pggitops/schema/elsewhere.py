"""Where an unknown word belongs: in another file, at another place, or under another name."""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterable, Iterator
from typing import Any

from pggitops.findings import Path, dotted
from pggitops.vocabulary import resolved

Schema = dict[str, Any]
Place = tuple[str, ...]

NAME = "<name>"
"""The step of a place that stands for a name people give."""

_CLUSTER: Place = ("clusters", NAME)
_FILES = (("environment", "environment.yaml and bases"), ("base", "bases"))


def place_of(path: Path, form: str, schema: Schema, resolve: Callable[[Schema], Schema]) -> Place:
    """A path of a document as a place in the vocabulary: without list items, and as in the composed document."""
    place: Place = _CLUSTER if form == "cluster" else ()
    schema = resolve(schema)
    for step in path:
        known = schema.get("properties", {})
        if isinstance(step, int):
            schema = resolve(schema.get("items", {}))
            continue
        place = (*place, step if step in known else NAME)
        below = known.get(step, schema.get("additionalProperties", {}))
        schema = resolve(below) if isinstance(below, dict) else {}
    return (*_CLUSTER, *place[1:]) if place[:1] == ("defaults",) else place


def other_file(name: str, here: Place) -> str:
    """What to do with a word that stands at this place, but in other files only; empty if it does not."""
    for form, files in _FILES:
        if (*here, name) in _words(form):
            return f"It stands only in {files}; move it there."
    return ""


def other_place(name: str, here: Place) -> str:
    """What to do with a word that stands elsewhere; empty if it does not."""
    found = sorted((word for word in _words("base") if word[-1] == name), key=lambda word: _distance(here, word))
    places = dict.fromkeys(_shown(here, word[:-1]) for word in found)
    return f"It is a word of {', '.join(list(places)[:3])}; move it there." if places else ""


def field_of_resource(name: str, here: Place) -> str:
    """What to write for a field of the PerconaPGCluster; empty if no word becomes that field."""
    return _written(here, (word for word, fields in _words("base").items() if fields and fields[-1] == name))


def part_of_resource(name: str, here: Place) -> str:
    """What to write for a field that holds the ones words become; empty if there is none."""
    return _written(here, (word for word, fields in _words("base").items() if name in fields))


def _written(here: Place, words: Iterable[Place]) -> str:
    nearest = min(words, key=lambda word: _distance(here, word), default=None)
    return f"In an overlay that is `{_shown(here, nearest)}`." if nearest else ""


def _distance(here: Place, word: Place) -> tuple[int, int, Place]:
    """How far off a word is: the steps up and then down to it."""
    common = 0
    while common < min(len(here), len(word) - 1) and here[common] == word[common]:
        common += 1
    up, down = len(here) - common, len(word) - common
    return up + down, up, word


def _shown(here: Place, place: Place) -> str:
    """A place as its author would write it: inside a cluster from there on."""
    if not place:
        return "the environment"
    if here[:2] == _CLUSTER == place[:2]:
        return dotted(place[2:]) if len(place) > 2 else "the cluster"
    return dotted(place)


@functools.cache
def _words(form: str) -> dict[Place, tuple[str, ...]]:
    """Every word of a form by its place, with the fields that lead to what it becomes."""
    from pggitops.schema import runtime_schema

    schema = runtime_schema(form)
    return dict(_walk(schema, schema["$defs"], ()))


def _walk(schema: Schema, definitions: Schema, place: Place) -> Iterator[tuple[Place, tuple[str, ...]]]:
    for name, each in schema.get("properties", {}).items():
        if (*place, name) != ("defaults",):
            whole = resolved(each, definitions)
            yield (*place, name), _fields(whole.get("x-pggitops-becomes", ""))
            yield from _walk(whole, definitions, (*place, name))
    for word, step in (("additionalProperties", (NAME,)), ("items", ())):
        if isinstance(schema.get(word), dict):
            yield from _walk(resolved(schema[word], definitions), definitions, (*place, *step))


def _fields(becomes: str) -> tuple[str, ...]:
    """The fields of the PerconaPGCluster a word becomes; a `name` at their end says nothing."""
    first, *fields = (step.partition("[")[0] for step in becomes.partition(" ")[0].split("."))
    return tuple(fields[:-1] if fields[-1:] == ["name"] else fields) if first == "spec" else ()
