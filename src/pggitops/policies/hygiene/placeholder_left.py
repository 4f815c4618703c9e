"""A placeholder that `pggitops init` wrote is still there.

## Why

`REPLACE-…` marks what only you know: a bucket, an address, a repository. Rendered as it stands, it becomes a
bucket nobody has or a network nobody is in.

## How to fix

Write the value the placeholder names.
"""

from collections.abc import Iterator
from typing import Any

from pggitops.findings import Severity, Violation
from pggitops.policies import Facts

severity = Severity.ERROR

MARK = "REPLACE-"


def check_environment(facts: Facts) -> Iterator[Violation]:
    if MARK not in repr(facts.document):
        return
    for path, text in _texts(facts.document, ()):
        if MARK in text:
            what = text[text.index(MARK) + len(MARK) :].split(" ")[0].split(":")[0].replace("-", " ")
            yield Violation(f'"{text}" is a placeholder', f"Write {what}.", path)


def _texts(value: Any, path: tuple[str | int, ...]) -> Iterator[tuple[tuple[str | int, ...], str]]:
    if isinstance(value, str):
        yield path, value
    elif isinstance(value, dict):
        for key, item in value.items():
            yield from _texts(item, (*path, key))
    elif isinstance(value, list):
        for index, item in enumerate(value):
            yield from _texts(item, (*path, index))
