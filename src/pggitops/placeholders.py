"""What `pggitops init` leaves to be filled in: `REPLACE-the-bucket-for-backups` in the place of a value or a key."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from pggitops.findings import Path, Violation
from pggitops.patterns import pattern

MARK = "REPLACE-"
_WORD = pattern(rf"\S*{MARK}\S*")


def find(document: Any, data: bytes = b"") -> Iterator[Violation]:
    """Each placeholder of a layer, saying what to put there; `data` is its file, if it has one."""
    # where a file does not show the mark, only an escape can hide it
    is_clean = data and MARK.encode() not in data and b"\\" not in data
    if not is_clean and MARK in repr(document):
        yield from _find(document, ())


def in_text(text: str) -> Iterator[tuple[int, int, Violation]]:
    """Each placeholder of a text that is no YAML, once, with the line and column where it stands first."""
    seen = set()
    for number, line in enumerate(text.splitlines(), 1):
        for match in _WORD().finditer(line):
            if match[0] not in seen:
                seen.add(match[0])
                yield number, match.start() + 1, _violation(match[0], (), at_key=False)


def _find(value: Any, path: Path) -> Iterator[Violation]:
    if isinstance(value, str) and MARK in value:
        yield _violation(value, path, at_key=False)
    elif isinstance(value, dict):
        for key, item in value.items():
            if MARK in key:
                yield _violation(key, (*path, key), at_key=True)
            yield from _find(item, (*path, key))
    elif isinstance(value, list):
        for index, item in enumerate(value):
            yield from _find(item, (*path, index))


def _violation(text: str, path: Path, *, at_key: bool) -> Violation:
    wanted = text.partition(MARK)[2].partition(" ")[0].replace("-", " ")
    return Violation(f"a placeholder is left: {text}", f"Write {wanted}.", path, "placeholder-left", at_key=at_key)
