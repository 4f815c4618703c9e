"""Objects from the bytes of a file: of ours strictly, of anybody's as kubectl would take them."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from pggitops import yamlio
from pggitops.findings import Finding, Place, Severity
from pggitops.passthrough import is_object
from pggitops.plan.model import ObjectKey, Steps

Document = dict[str, Any]
Positions = dict[ObjectKey, tuple[Document, Steps, int]]
"""Objects, each with its path in one of a file's documents, and that document's number."""

_LIMIT = 64 << 20
_HARMLESS = frozenset(["yaml-bom", "yaml-directive", "yaml-duplicate-key", "yaml-tag"])
"""Where kubectl reads a value as `yamlio` does all the same: the last one of a key, the text behind a tag."""


def objects(data: bytes, file: str) -> tuple[list[Document], list[Finding]]:
    """The objects of a file, those of a List one by one, and what is wrong with it.

    Some of what is wrong with a file keeps nothing from being compared; what else `yamlio` refuses is read once more as
    YAML 1.1. `file` is for findings.
    """
    found, first = _documents(data)
    if first is not None:
        fix = "Mend the file; nothing in it is compared until then."
        place = Place(file, first.line, first.column)
        return [], [Finding("plan-unreadable", Severity.ERROR, f"not readable: {first.message}", fix, place)]
    flat = [each for document in found for _, each in _items(document)]
    findings = [_no_object(file) for each in flat if not is_object(each)]
    return [each for each in flat if is_object(each)], findings


def positions(data: bytes) -> Positions:
    """The objects of a file that can be read, by their keys without a target, and where each stands."""
    return {
        key_of(each, ""): (each, steps, number)
        for number, document in enumerate(_documents(data)[0])
        for steps, each in _items(document)
        if is_object(each)
    }


def _documents(data: bytes) -> tuple[list[Any], yamlio.Problem | None]:
    """The documents of a file, or what keeps it from being read."""
    documents, problems = yamlio.load_expanded(data, _LIMIT)
    if problems and problems[0].id == "yaml-empty":
        return [], None
    if not problems or (documents and all(problem.id in _HARMLESS for problem in problems)):
        return [document for document, _ in documents], None
    # of aliases the bounds are the reader's
    if any(problem.id == "yaml-alias" for problem in problems):
        return [], problems[0]
    try:
        return _lenient(data), None
    except ValueError:
        return [], problems[0]


def _items(document: Any, steps: Steps = ()) -> Iterator[tuple[Steps, Document]]:
    """A document itself, or what is in it if it is a List, each with its path; a null is nothing."""
    if not isinstance(document, dict):
        if document is not None:
            yield steps, {}
        return
    items = document.get("items")
    if str(document.get("kind", "")).endswith("List") and isinstance(items, list):
        for index, item in enumerate(items):
            yield from _items(item, (*steps, "items", index))
    elif document.get("kind") == "List":
        return
    else:
        yield steps, document


def _no_object(file: str) -> Finding:
    message = "a document is no Kubernetes object: it needs apiVersion, kind and metadata.name"
    return Finding("plan-no-object", Severity.WARNING, message, "It is not compared.", Place(file))


def _lenient(data: bytes) -> list[Any]:
    """Every document as YAML 1.1 or JSON has it. ValueError where it is neither."""
    import yaml

    class Loader(yaml.CSafeLoader):
        """Without dates: Kubernetes knows none."""

    Loader.yaml_implicit_resolvers = {
        first: [(tag, pattern) for tag, pattern in found if not tag.endswith((":timestamp", ":value"))]
        for first, found in yaml.CSafeLoader.yaml_implicit_resolvers.items()
    }

    try:
        if data.lstrip()[:1] == b"{":
            return [json.loads(data)]
    except ValueError:
        pass
    try:
        # through JSON, for an alias may stand in two places, and a key may be a number
        return [json.loads(json.dumps(each)) for each in yaml.load_all(data, Loader)]
    except (yaml.YAMLError, TypeError, RecursionError) as error:
        raise ValueError(str(error)) from error


def key_of(document: Document, target: str) -> ObjectKey:
    """What makes the object the same one on both sides."""
    metadata = document["metadata"]
    group = document["apiVersion"].rpartition("/")[0]
    return ObjectKey(target, group, document["kind"], str(metadata.get("namespace") or ""), metadata["name"])
