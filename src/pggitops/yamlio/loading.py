"""What is asked of YAML files: documents, and where their values stand.

What `plain` can read is read without PyYAML, whose import is a tenth of what a run of one environment costs.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from pggitops.yamlio import plain, scalars
from pggitops.yamlio.files import read
from pggitops.yamlio.mark import Mark, Steps
from pggitops.yamlio.problem import Problem
from pggitops.yamlio.source import decode

MAX_BYTES = 1 << 20


def load(data: bytes, limit: int = MAX_BYTES) -> tuple[Any, list[Problem]]:
    """The one document of a file, and what is wrong with it; the document is None where it cannot be read at all."""
    text, problems = decode(data, limit)
    if text is not None and not problems:
        document = _LINES.document(text)
        if document is not None:
            return document, []
    documents, problems = _documents(text, problems)
    if len(documents) > 1:
        _, line = documents[1]
        problems.append(
            Problem("yaml-second-document", "the file holds a second document", "Keep one document per file.", line)
        )
    return (documents[0][0] if documents else None), problems


def load_file(path: str | Path) -> tuple[Any, bytes, list[Problem]]:
    """As `load`, with what the file holds; why it cannot be read is a problem as well."""
    data, problems = read(path)
    document = None
    if not problems:
        document, problems = load(data)
    return document, data, problems


def _flow(text: str) -> Any:
    """A list or a map on one line that stands alone; raises NotPlain where anything is wrong, or it is neither."""
    documents, problems = _documents(text, [])
    if problems or len(documents) != 1 or documents[0][0].__class__ is not {"[": list, "{": dict}[text[0]]:
        raise plain.NotPlain
    return documents[0][0]


_LINES = plain.Lines(scalars.meaning, _flow)


def load_all(data: bytes, limit: int = MAX_BYTES) -> tuple[list[tuple[Any, int]], list[Problem]]:
    """Every document of a file with the line it begins at (that of its `---`), and what is wrong with the file."""
    return _documents(*decode(data, limit))


def _documents(text: str | None, problems: list[Problem]) -> tuple[list[tuple[Any, int]], list[Problem]]:
    from pggitops.yamlio import reader

    return reader.read_all(text, problems)


def load_expanded(data: bytes, limit: int) -> tuple[list[tuple[Any, int]], list[Problem]]:
    """As `load_all`, but as kubectl reads: its scalars, copies for aliases, merged merge keys, any line ends."""
    from pggitops.yamlio import expanding

    return expanding.load(data, limit)


def marks(data: bytes, document: int = 0, is_expanded: bool = False) -> dict[Steps, Mark]:
    """Where each value of one of a file's documents stands; an unreadable file has no marks.

    A map or list in block style stands where its key does: that is where a person looks for it. `is_expanded` tells
    that it is `load_expanded` that read the file: a key may be called otherwise than it is written.
    """
    from pggitops.yamlio import positions

    return positions.marks(data, document, is_expanded)
