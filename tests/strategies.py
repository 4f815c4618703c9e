"""Composed documents as no one has written them: those of both fleets, and one with every word, with words changed."""

from __future__ import annotations

import copy
import functools
import json
import re
from collections.abc import Iterator
from typing import Any

import jsonschema_rs
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st

from fleets import documents
from pggitops import modelling, operators, references, schema, vocabulary
from pggitops.findings import Path
from samples import filled

RELAXED = settings(deadline=None, suppress_health_check=list(HealthCheck), derandomize=True)
"""For what makes whole environments, which takes its time."""

NAMES = ("extensions", "main", "repo4", "a", "x-1", "environment")
"""Names for clusters, users and the like, words of the overlay among them."""


@functools.cache
def _whole() -> dict[str, Any]:
    return schema.runtime_schema("composed")


def part_at(path: Path) -> dict[str, Any]:
    """The schema of what stands at a path of a composed document; empty where anything may."""
    part = _whole()
    for step in path:
        part = vocabulary.resolved(part, _whole()["$defs"])
        inner = part.get("items") if isinstance(step, int) else part.get("properties", {}).get(step)
        further = part.get("additionalProperties")
        part = inner if isinstance(inner, dict) else further if isinstance(further, dict) else {}
    return vocabulary.resolved(part, _whole()["$defs"])


def is_map(path: Path) -> bool:
    """Whether keys at a path are names that people choose, not words."""
    part = part_at(path)
    return "properties" not in part and part.get("type") != "array"


def is_valid(document: Any) -> bool:
    """Whether the schema takes the document and there are images for it."""
    if schema.check(document, "composed"):
        return False
    unknown = {"reference-no-operator-version", "reference-no-postgres-version"}
    found = references.check(modelling.build("any", document), (), ())
    return not any(violation.policy in unknown for violation in found)


def value_at(document: Any, path: Path) -> Any:
    """What stands at a path of a document."""
    for step in path:
        document = document[step]
    return document


def scalars(value: Any, path: Path = ()) -> Iterator[tuple[Path, Any]]:
    """Every scalar of a document with its path."""
    for inner, item in places(value, path):
        if not isinstance(item, (dict, list)):
            yield inner, item


def places(value: Any, path: Path = ()) -> Iterator[tuple[Path, Any]]:
    """Everything in a document with its path."""
    items = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, item in items:
        yield (*path, key), item
        yield from places(item, (*path, key))


def with_value(document: Any, path: Path, value: Any) -> Any:
    """The document with another value at a path."""
    return _changed(document, path, lambda parent: parent.__setitem__(path[-1], value))


def without(document: Any, path: Path) -> Any:
    """The document without what stands at a path."""
    return _changed(document, path, lambda parent: parent.__delitem__(path[-1]))


def with_name(document: Any, path: Path, name: str) -> Any:
    """The document with another key at a path, in the same place; an instance set says its name in it too."""

    def rename(parent: Any) -> None:
        items = [(name if key == path[-1] else key, item) for key, item in parent.items()]
        parent.clear()
        parent.update(items)
        if path[-2:-1] == ("sets",):
            parent[name]["name"] = name

    return _changed(document, path, rename)


def _changed(document: Any, path: Path, change: Any) -> Any:
    result = json.loads(json.dumps(document))
    parent = result
    for step in path[:-1]:
        parent = parent[step]
    change(parent)
    return result


def alternatives(path: Path, value: Any) -> list[Any]:
    """Other values for a scalar at a path, of its type, that the word's own schema takes."""
    part = part_at(path)
    if "enum" in part:
        found: list[Any] = part["enum"]
    elif value is None:
        found = []
    elif isinstance(value, bool):
        found = [not value]
    elif isinstance(value, (int, float)):
        found = [value + 1, value - 1, value * 2]
    elif path[-1] in ("version", "crVersion") and value in operators.versions():
        found = list(operators.versions())
    else:
        found = [*part.get("examples", ()), f"{value}x", f"{value}/x", f"1{value}", re.sub("[0-9]", _next, value)]
        found += ["0 1 * * *", "2:2", "90s", "192.0.2.7/32", "10.9.8.7", "2027-01-01", "-x", "x"]
    verdict = jsonschema_rs.validator_for(part)
    same = [one for one in found if type(one) is type(value) and one != value and verdict.is_valid(one)]
    return list(dict.fromkeys(same))


def _next(digit: re.Match[str]) -> str:
    return str(int(digit[0]) % 9 + 1)


def values(part: dict[str, Any]) -> st.SearchStrategy[Any]:
    """Values for a part of the schema; words that exclude each other may come together."""
    part = vocabulary.resolved(part, _whole()["$defs"])
    if "enum" in part:
        return st.sampled_from(part["enum"])
    if "const" in part:
        return st.just(part["const"])
    kinds = [part["type"]] if isinstance(part.get("type"), str) else part.get("type", [])
    if "object" in kinds:
        return _objects(part)
    if "array" in kinds:
        examples = part.get("examples", ())
        if "items" not in part:
            return st.sampled_from(examples) if examples else st.just([])
        return st.lists(values(part["items"]), min_size=part.get("minItems", 0), max_size=3)
    return st.deferred(lambda: _scalars(part, kinds))


def _objects(part: dict[str, Any]) -> st.SearchStrategy[Any]:
    words = part.get("properties")
    if words:
        required = {word: values(words[word]) for word in part.get("required", ())}
        optional = {word: values(each) for word, each in words.items() if word not in required}
        return st.fixed_dictionaries(required, optional=optional)
    if isinstance(part.get("additionalProperties"), dict):
        names = part.get("propertyNames", {}).get("examples", ["some"])
        return st.dictionaries(st.sampled_from([*names, *NAMES]), values(part["additionalProperties"]), max_size=3)
    return st.sampled_from(part.get("examples", [{}]))


def _scalars(part: dict[str, Any], kinds: list[str]) -> st.SearchStrategy[Any]:
    choices: list[st.SearchStrategy[Any]] = []
    examples = [each for each in part.get("examples", ()) if each is not None]
    if examples:
        choices.append(st.sampled_from(examples))
    if "boolean" in kinds:
        choices.append(st.booleans())
    if "integer" in kinds or "number" in kinds:
        least = part.get("minimum", 1)
        choices.append(st.integers(least, min(part.get("maximum", least + 100), least + 100)))
    if "string" in kinds and "pattern" in part:
        choices.append(st.from_regex(re.compile(part["pattern"], re.ASCII), fullmatch=True))
    elif "string" in kinds:
        choices.append(st.text("ab/.-: é", min_size=part.get("minLength", 0), max_size=6))
    return st.one_of(choices) if choices else st.just(part.get("default", {}))


@functools.cache
def beginnings() -> dict[str, Any]:
    """What the strategy begins with: valid documents by a name."""
    found: dict[str, Any] = dict(documents())
    for pick in range(4):
        document = filled("composed", pick)
        # an example is right for its word, not beside every other
        document["operator"]["version"] = "3.0.0"
        for cluster in document["clusters"].values():
            cluster.pop("crVersion", None)
            cluster["postgres"]["version"] = 17
        found[f"every-word-{pick}"] = document
    return found


def _changes(document: Any) -> list[tuple[str, Path]]:
    """What could be done to a document: words to leave out, to change, to add; names to change."""
    found: list[tuple[str, Path]] = []
    for path, value in places(document):
        found.append(("without", path))
        if not isinstance(value, (dict, list)):
            found.append(("change", path))
        if isinstance(path[-1], str) and is_map(path[:-1]):
            found.append(("name", path))
        if isinstance(value, dict):
            found += [("add", (*path, word)) for word in part_at(path).get("properties", {}) if word not in value]
            if isinstance(part_at(path).get("additionalProperties"), dict):
                found += [("add", (*path, name)) for name in NAMES if name not in value]
    return found


@st.composite
def environments(draw: st.DrawFn) -> dict[str, Any]:
    """A valid composed document."""
    document = copy.deepcopy(draw(st.sampled_from(list(beginnings().values()))))
    if draw(st.booleans()):
        document = _versions(draw, document)
    for _ in range(draw(st.integers(0, 8))):
        how, path = draw(st.sampled_from(_changes(document)))
        if how == "without":
            candidate = without(document, path)
        elif how == "name":
            names = [name for name in (*NAMES, f"{path[-1]}0") if name not in value_at(document, path[:-1])]
            candidate = with_name(document, path, draw(st.sampled_from(names)))
        else:
            candidate = with_value(document, path, draw(values(part_at(path))))
        if is_valid(candidate):
            document = candidate
    return document


def _versions(draw: st.DrawFn, document: dict[str, Any]) -> dict[str, Any]:
    """Another version of the operator, which some clusters lag."""
    result = copy.deepcopy(document)
    result["operator"]["version"] = draw(st.sampled_from(operators.versions()))
    for cluster in result["clusters"].values():
        cluster["crVersion"] = draw(st.sampled_from(operators.versions()))
    return result if is_valid(result) else document
