"""What is judged is what a manifest means; what is told of it is how it is written: `yes` where a boolean was found."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from typing import Any

from pggitops import yamlio
from pggitops.findings import Path, Severity, Violation

Marks = Callable[[], Mapping[yamlio.Steps, yamlio.Mark]]
"""Reads an object's file for where its values stand."""

_WORDS = frozenset(["true", "false"])
_OF_NUMBERS = frozenset("0123456789-.")


def told(found: list[Violation], document: Any, marks: Marks, prefix: Path = ()) -> list[Violation]:
    """What is wrong with an object, in its author's words; and a warning for each key that is called otherwise.

    `prefix` is where the object stands in its document, if that is a List.
    """
    keys = {path: mark.renamed for path, mark in _marked(_suspects(document), marks, prefix) if mark.renamed}
    values = dict(_marked([each.path for each in found if _is_unquoted(each)], marks, prefix))
    said = [
        _of_key(each, keys[each.path]) if each.at_key and each.path in keys else _of_value(each, values.get(each.path))
        for each in found
    ]
    known = {each.path for each in found if each.at_key}
    return [*said, *(_renamed(path, written) for path, written in keys.items() if path not in known)]


def _marked(paths: list[Path], marks: Marks, prefix: Path) -> Iterator[tuple[Path, yamlio.Mark]]:
    """Where they stand; the file is read for it only if there are any."""
    known: Mapping[yamlio.Steps, yamlio.Mark] = marks() if paths else {}
    return ((path, known[whole]) for path in paths if (whole := (*prefix, *path)) in known)


def _suspects(value: Any, path: Path = ()) -> list[Path]:
    """The keys that need not be written as they are called: `true` may be a `y`, 8 a `010`."""
    found: list[Path] = []
    if isinstance(value, dict):
        for key, each in value.items():
            if key in _WORDS or key[:1] in _OF_NUMBERS:
                found.append((*path, key))
            if each.__class__ is dict or each.__class__ is list:
                found += _suspects(each, (*path, key))
    elif isinstance(value, list):
        for index, each in enumerate(value):
            if each.__class__ is dict or each.__class__ is list:
                found += _suspects(each, (*path, index))
    return found


def _is_unquoted(violation: Violation) -> bool:
    return violation.policy == "manifest-wrong-type" and violation.fix.startswith("Quote it")


def _of_value(violation: Violation, mark: yamlio.Mark | None) -> Violation:
    """With the text that stands there, all digits of a number too, instead of what it was taken for."""
    if mark is None or not mark.plain:
        return violation
    label, _, rest = violation.message.partition(" is ")
    message = f"{label} is {mark.plain} without quotes, {rest}" if mark.plain not in rest else violation.message
    key = f"{violation.path[-1]}: " if isinstance(violation.path[-1], str) else ""
    return replace(violation, message=message, fix=f"Quote it: `{key}{_quoted(mark.plain)}`.")


def _of_key(violation: Violation, written: str) -> Violation:
    """An unknown key, without a guess at what is meant."""
    message = violation.message.partition(" (did you mean")[0]
    return replace(violation, message=f"{message}; it is {written} without quotes", fix=_fix(written))


def _renamed(path: Path, written: str) -> Violation:
    message = f'the key {written} without quotes is "{path[-1]}"'
    return Violation(message, _fix(written), path, "manifest-key-renamed", at_key=True, severity=Severity.WARNING)


def _fix(written: str) -> str:
    return f"Quote it: `{_quoted(written)}`."


def _quoted(text: str) -> str:
    return json.dumps(text, ensure_ascii=False)
