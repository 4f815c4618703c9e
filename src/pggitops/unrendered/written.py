"""What is judged is what a manifest means; what is told of it is how it is written: `yes` where a boolean was found."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

from pggitops import yamlio
from pggitops.findings import Path, Severity, Violation
from pggitops.unrendered.files import Read, Source

_WORDS = frozenset(["true", "false"])
_OF_NUMBERS = frozenset("0123456789-.")


def told(found: list[Violation], source: Source, read: Read) -> list[Violation]:
    """What is wrong with an object, in its author's words; and a warning for each key that is called otherwise."""
    keys = {path: mark.renamed for path, mark in _marks(_suspects(source.document), source, read) if mark.renamed}
    values = dict(_marks([each.path for each in found if _is_unquoted(each)], source, read))
    said = [
        _of_key(each, keys[each.path]) if each.at_key and each.path in keys else _of_value(each, values.get(each.path))
        for each in found
    ]
    known = {each.path for each in found if each.at_key}
    return [*said, *(_renamed(path, written) for path, written in keys.items() if path not in known)]


def _marks(paths: list[Path], source: Source, read: Read) -> Iterator[tuple[Path, yamlio.Mark]]:
    """Where they stand; the file is read for it only if there are any."""
    marks: Mapping[yamlio.Steps, yamlio.Mark] = read.marks(source) if paths else {}
    return ((path, marks[whole]) for path in paths if (whole := (*source.prefix, *path)) in marks)


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
