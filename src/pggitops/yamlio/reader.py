"""Reading: strict YAML 1.2 core on libyaml's events, every complaint with a place.

No positions are kept on the way; `marks` reads a text again when somebody asks where something stands.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import yaml
from yaml.events import (
    AliasEvent,
    DocumentEndEvent,
    DocumentStartEvent,
    MappingEndEvent,
    MappingStartEvent,
    ScalarEvent,
    SequenceEndEvent,
    StreamEndEvent,
    StreamStartEvent,
)

MAX_BYTES = 1 << 20
MAX_DEPTH = 64

Steps = tuple[str | int, ...]


@dataclass(frozen=True, slots=True)
class Problem:
    """What is wrong with a text as YAML; `line` and `column` from 1."""

    id: str
    message: str
    fix: str
    line: int = 1
    column: int = 1


@dataclass(frozen=True, slots=True)
class Mark:
    """Where a value stands: its key (or list item) and the value itself; lines and columns from 1."""

    key: tuple[int, int]
    value: tuple[int, int]


def load(data: bytes, limit: int = MAX_BYTES) -> tuple[Any, list[Problem]]:
    """The one document of a file, and what is wrong with it; the document is None where it cannot be read at all."""
    documents, problems = load_all(data, limit)
    if len(documents) > 1:
        _, line = documents[1]
        problems.append(
            Problem("yaml-second-document", "the file holds a second document", "Keep one document per file.", line)
        )
    return (documents[0][0] if documents else None), problems


def load_all(data: bytes, limit: int = MAX_BYTES) -> tuple[list[tuple[Any, int]], list[Problem]]:
    """Every document of a file with the line it begins at, and what is wrong with the file."""
    text, problem = _decode(data, limit)
    if problem:
        return [], [problem]
    reader = _Reader(text)
    try:
        documents = reader.stream()
    except yaml.MarkedYAMLError as error:
        return [], [*reader.problems, _syntax_problem(text, error)]
    except yaml.reader.ReaderError as error:
        return [], [*reader.problems, _character_problem(text, error)]
    if not documents and not reader.problems:
        return [], [Problem("yaml-empty", "the file is empty", "Write a document or remove the file.")]
    return documents, reader.problems


def _decode(data: bytes, limit: int) -> tuple[str, Problem | None]:
    if len(data) > limit:
        message = f"the file has {len(data):,} bytes; more than {limit:,} are not read"
        return "", Problem("yaml-too-large", message, "Split it, or move what is not an overlay out of this folder.")
    if data.startswith((b"\xef\xbb\xbf", b"\xff\xfe", b"\xfe\xff")):
        return "", Problem("yaml-bom", "the file begins with a byte order mark", "Save it as UTF-8 without a BOM.")
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError as error:
        line, column = _line_column(data[: error.start].decode("utf-8"))
        message = f"byte 0x{data[error.start]:02x} is not UTF-8"
        return "", Problem("yaml-not-utf8", message, "Save the file as UTF-8.", line, column)
    at = text.find("\r")
    if at >= 0:
        line, column = _line_column(text[:at])
        message = "the line ends in a carriage return (CRLF)"
        fix = "Save the file with LF line ends; `*.yaml text eol=lf` in .gitattributes keeps it so."
        return "", Problem("yaml-crlf", message, fix, line, column)
    return text, None


def _line_column(before: str) -> tuple[int, int]:
    return before.count("\n") + 1, len(before) - before.rfind("\n")


class _Stop(Exception):
    """The rest of the document cannot be read."""


class _Reader:
    """One pass over the events of a text; problems are gathered, only what cannot be read on raises."""

    def __init__(self, text: str) -> None:
        self.problems: list[Problem] = []
        self._next: Callable[[], Any] = yaml.CSafeLoader(text).get_event

    def stream(self) -> list[tuple[Any, int]]:
        documents: list[tuple[Any, int]] = []
        try:
            while True:
                event = self._next()
                kind = event.__class__
                if kind is StreamEndEvent:
                    return documents
                if kind is StreamStartEvent or kind is DocumentEndEvent:
                    continue
                if kind is DocumentStartEvent:
                    if event.version or event.tags:
                        self._problem(event, "yaml-directive", "a % directive", "Remove it: files are YAML 1.2.")
                    continue
                documents.append((self._value(event, 0), event.start_mark.line + 1))
        except _Stop:
            return documents

    def _problem(self, event: Any, id: str, message: str, fix: str) -> None:
        mark = event.start_mark
        self.problems.append(Problem(id, message, fix, mark.line + 1, mark.column + 1))

    def _value(self, event: Any, depth: int) -> Any:
        kind = event.__class__
        if kind is ScalarEvent:
            return self._scalar(event)
        if depth > MAX_DEPTH:
            self._problem(event, "yaml-too-deep", f"more than {MAX_DEPTH} levels of nesting", "Flatten it.")
            raise _Stop
        if kind is AliasEvent:
            self._problem(event, "yaml-alias", f"an alias (*{event.anchor})", "Write the value out, or use a base.")
            return None
        if event.anchor is not None or event.tag is not None:
            self._decorated(event)
        return self._mapping(event, depth) if kind is MappingStartEvent else self._sequence(event, depth)

    def _mapping(self, start: Any, depth: int) -> dict[str, Any]:
        result: dict[str, Any] = {}
        get, value = self._next, self._value
        while True:
            event = get()
            if event.__class__ is MappingEndEvent:
                return result
            key = self._key(event, depth)
            if key in result:
                self._problem(event, "yaml-duplicate-key", f'the key "{key}" stands here twice', "Keep one of the two.")
            following = get()
            # the two most frequent cases, without the calls
            if following.__class__ is ScalarEvent and following.anchor is None and following.tag is None:
                text = following.value
                if following.implicit[0]:
                    resolve = _RESOLVERS.get(text[:1])
                    result[key] = text if resolve is None else self._resolve(following)
                else:
                    result[key] = text
            else:
                result[key] = value(following, depth + 1)

    def _sequence(self, start: Any, depth: int) -> list[Any]:
        result: list[Any] = []
        while True:
            event = self._next()
            if event.__class__ is SequenceEndEvent:
                return result
            result.append(self._value(event, depth + 1))

    def _key(self, event: Any, depth: int) -> str:
        if event.__class__ is not ScalarEvent:
            if event.__class__ is not AliasEvent:
                self._value(event, depth + 1)
            self._problem(event, "yaml-key", "a key that is no string", "Use plain words as keys.")
            return ""
        text: str = event.value
        if event.implicit[0] and text[:1] in _RESOLVERS:
            if text == "<<":
                self._problem(event, "yaml-merge-key", "a merge key (<<)", "Use a base: layers merge by themselves.")
            elif not isinstance(self._scalar(event), str):
                self._problem(event, "yaml-key", f"the key {text or 'null'} is no string", f'Quote it: "{text}".')
        elif event.anchor is not None or event.tag is not None:
            self._decorated(event)
        return text

    def _scalar(self, event: Any) -> Any:
        if event.anchor is not None or event.tag is not None:
            self._decorated(event)
        if not event.implicit[0] or event.value[:1] not in _RESOLVERS:
            return event.value
        return self._resolve(event)

    def _resolve(self, event: Any) -> Any:
        text: str = event.value
        match = _SPECIAL.fullmatch(text)
        if match is None:
            return text
        if match.lastgroup == "infinite":
            self._problem(event, "yaml-number", f"{text} is no number a manifest can hold", "Write a finite number.")
            return 0
        if match.lastgroup in ("integer", "octal", "hexadecimal") and len(text) > 20:
            self._problem(event, "yaml-number", "the number is too long", "Quote it if it is text.")
            return 0
        return _CONVERT[match.lastgroup or ""](text)

    def _decorated(self, event: Any) -> None:
        if event.anchor is not None:
            self._problem(event, "yaml-anchor", f"an anchor (&{event.anchor})", "Write the value out, or use a base.")
        if event.tag is not None and event.tag != "!":
            self._problem(event, "yaml-tag", f"a tag ({event.tag})", "Remove it; quote the value if it is text.")


# YAML 1.2 core: what a plain scalar means when it is no string
_SPECIAL = re.compile(
    r"(?P<null>|~|null|Null|NULL)"
    r"|(?P<true>true|True|TRUE)|(?P<false>false|False|FALSE)"
    r"|(?P<integer>[-+]?[0-9]+)|(?P<octal>0o[0-7]+)|(?P<hexadecimal>0x[0-9a-fA-F]+)"
    r"|(?P<infinite>[-+]?\.(?:inf|Inf|INF)|\.(?:nan|NaN|NAN))"
    r"|(?P<float>[-+]?(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]{1,3})?)"
)
_CONVERT: dict[str, Any] = {
    "null": lambda text: None,
    "true": lambda text: True,
    "false": lambda text: False,
    "integer": int,
    "octal": lambda text: int(text, 0),
    "hexadecimal": lambda text: int(text, 0),
    "float": float,
}
_RESOLVERS = dict.fromkeys(["", *"~nNtTfF0123456789+-.<"], True)


def _syntax_problem(text: str, error: yaml.MarkedYAMLError) -> Problem:
    """What libyaml could not read, in words of somebody who did not write it."""
    mark = error.problem_mark or error.context_mark
    if mark is None:
        return Problem("yaml-syntax", str(error.problem or error), "Correct the YAML.")
    lines = text.split("\n")
    line = lines[mark.line] if mark.line < len(lines) else ""
    place = (mark.line + 1, mark.column + 1)
    problem = error.problem or "cannot be read"
    if "\t" in line and line[: len(line) - len(line.lstrip())].count("\t"):
        column = line.index("\t") + 1
        return Problem("yaml-tab", "the line is indented with a tab", "Indent with spaces.", place[0], column)
    fix = "Correct the indentation or quote the value."
    if "mapping values are not allowed" in problem:
        fix = "Quote a value that contains `: `, or correct the indentation."
    elif "cannot start any token" in problem:
        fix = "Quote a value that begins with this character."
    elif "did not find expected" in problem or "could not find expected ':'" in problem:
        fix = "Correct the indentation, close the bracket or quote, or add the missing `:`."
    context = f" {error.context}" if error.context else ""
    return Problem("yaml-syntax", f"not YAML: {problem}{context}", fix, *place)


def _character_problem(text: str, error: yaml.reader.ReaderError) -> Problem:
    index = error.position if isinstance(error.position, int) else 0
    # libyaml counts bytes
    before = text.encode()[:index].decode("utf-8", "ignore")
    line, column = _line_column(before)
    code = error.character if isinstance(error.character, int) else 0
    message = f"the character U+{code:04X} is not allowed in YAML"
    return Problem("yaml-character", message, "Remove it, or write it as an escape in a quoted string.", line, column)


def marks(data: bytes, document: int = 0) -> dict[Steps, Mark]:
    """Where each value of one of a file's documents stands; an unreadable file has no marks.

    A map or list in block style stands where its key does: that is where a person looks for it.
    """
    found: dict[Steps, Mark] = {}
    try:
        nodes = list(yaml.compose_all(data.decode("utf-8", "replace"), Loader=yaml.CSafeLoader))
    except (yaml.YAMLError, RecursionError):
        return found
    node = nodes[document] if document < len(nodes) else None
    if node is not None:
        start = (node.start_mark.line + 1, node.start_mark.column + 1)
        _mark(node, (), start, found)
    return found


def _mark(node: yaml.Node, path: Steps, key: tuple[int, int], found: dict[Steps, Mark]) -> None:
    start = (node.start_mark.line + 1, node.start_mark.column + 1)
    is_block = isinstance(node, yaml.CollectionNode) and not node.flow_style
    found.setdefault(path, Mark(key, key if is_block else start))
    if isinstance(node, yaml.MappingNode):
        for key_node, value in node.value:
            at = (key_node.start_mark.line + 1, key_node.start_mark.column + 1)
            if isinstance(key_node, yaml.ScalarNode):
                _mark(value, (*path, key_node.value), at, found)
    elif isinstance(node, yaml.SequenceNode):
        for index, value in enumerate(node.value):
            at = (value.start_mark.line + 1, value.start_mark.column + 1)
            _mark(value, (*path, index), at, found)
