"""Reading: strict YAML 1.2 core on libyaml's events, every complaint with a place.

No positions are kept on the way; `marks` reads a file again when somebody asks where something stands.
"""

from __future__ import annotations

import re
from collections.abc import Callable
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

from pggitops.yamlio.problem import Problem
from pggitops.yamlio.scalars import BEGINNINGS, NoNumber, meaning
from pggitops.yamlio.syntax import syntax_problem

MAX_DEPTH = 64


def read_all(
    text: str | None, problems: list[Problem], kind: type[Reader] | None = None
) -> tuple[list[tuple[Any, int]], list[Problem]]:
    """Every document of a text with the line it begins at, as a kind of reader takes them, and what is wrong.

    `problems` are those of its bytes.
    """
    if text is None:
        return [], problems
    reader = (kind or Reader)(text, problems)
    try:
        documents = reader.stream()
    except yaml.YAMLError as error:
        return [], [*problems, syntax_problem(text, error)]
    if not documents and not problems:
        return [], [Problem("yaml-empty", "the file holds no document", "Write one, or remove the file.")]
    return documents, problems


class Stop(Exception):
    """The rest of the document cannot be read."""


class Reader:
    """One pass over the events of a text; problems are gathered, only what cannot be read on raises."""

    beginnings = BEGINNINGS
    """How a plain scalar begins that `_resolve` is asked about."""

    def __init__(self, text: str, problems: list[Problem]) -> None:
        self.problems = problems
        self._text = text
        self._next: Callable[[], Any] = yaml.CSafeLoader(text).get_event

    def stream(self) -> list[tuple[Any, int]]:
        documents: list[tuple[Any, int]] = []
        line = 1
        try:
            while True:
                event = self._next()
                kind = event.__class__
                if kind is StreamEndEvent:
                    return documents
                if kind is StreamStartEvent or kind is DocumentEndEvent:
                    continue
                if kind is DocumentStartEvent:
                    line = event.start_mark.line + 1
                    if event.version or event.tags:
                        self._problem(event, "yaml-directive", "a % directive", "Remove it: files are YAML 1.2.")
                    continue
                documents.append((self._value(event, 0), line))
        except Stop:
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
            raise Stop
        if kind is AliasEvent:
            self._problem(event, "yaml-alias", f"an alias (*{event.anchor})", "Write the value out, or use a base.")
            return None
        if event.anchor is not None or event.tag is not None:
            self._decorated(event)
        return self._mapping(event, depth) if kind is MappingStartEvent else self._sequence(event, depth)

    def _mapping(self, start: Any, depth: int) -> dict[str, Any]:
        result: dict[str, Any] = {}
        get, value, beginnings = self._next, self._value, self.beginnings
        while True:
            event = get()
            if event.__class__ is MappingEndEvent:
                return result
            key = self._key(event, depth)
            if key in result:
                self._duplicate(event, key)
            following = get()
            # the two most frequent cases, without the calls
            if following.__class__ is ScalarEvent and following.anchor is None and following.tag is None:
                text = following.value
                if following.implicit[0]:
                    result[key] = self._resolve(following) if text[:1] in beginnings else text
                else:
                    result[key] = text
            else:
                result[key] = value(following, depth + 1)

    def _duplicate(self, event: Any, key: str) -> None:
        # what is no scalar, or a merge key, has its own complaint
        if event.__class__ is ScalarEvent and not (key == "<<" and event.implicit[0]):
            self._problem(event, "yaml-duplicate-key", f'the key "{key}" stands here twice', "Keep one of the two.")

    def _sequence(self, start: Any, depth: int) -> list[Any]:
        result: list[Any] = []
        while True:
            event = self._next()
            if event.__class__ is SequenceEndEvent:
                return result
            result.append(self._value(event, depth + 1))

    def _key(self, event: Any, depth: int) -> str:
        if event.__class__ is not ScalarEvent:
            self._no_string(event, depth)
            return ""
        text: str = event.value
        if event.implicit[0] and text[:1] in BEGINNINGS:
            if text == "<<":
                self._problem(event, "yaml-merge-key", "a merge key (<<)", "Use a base: layers merge by themselves.")
            elif not isinstance(self._scalar(event), str):
                self._problem(event, "yaml-key", *self._number_as_key(event, text))
        elif event.anchor is not None or event.tag is not None:
            self._decorated(event)
        return text

    def _number_as_key(self, event: Any, text: str) -> tuple[str, str]:
        """What is wrong with a key that is a number, and what to write: `{cost: 1,5}` has one that is none."""
        start, end = event.start_mark.index, event.end_mark.index
        before = re.search(r"(?<![\w.])[0-9]{1,9},\Z", self._text[max(0, start - 11) : start])
        if before is None or not text.isdigit() or self._text[end : end + 1] not in (",", "}"):
            return f"the key {text or 'null'} is no string", f'Quote it: "{text}".'
        whole = before[0][:-1]
        fix = f"Write {whole}.{text}" + (f", or {whole}{text}." if len(text) == 3 else ".")
        return f"the comma in {whole},{text} ends the value, and {text} is another key", fix

    def _no_string(self, event: Any, depth: int) -> None:
        fix = "Use plain words as keys; quote a value that begins with `{`."
        self._problem(event, "yaml-key", "a key that is no string", fix)
        self._value(event, depth + 1)

    def _scalar(self, event: Any) -> Any:
        if event.anchor is not None or event.tag is not None:
            self._decorated(event)
        if not event.implicit[0] or event.value[:1] not in BEGINNINGS:
            return event.value
        return self._resolve(event)

    def _resolve(self, event: Any) -> Any:
        try:
            return meaning(event.value)
        except NoNumber:
            return self._no_number(event, event.value)

    def _no_number(self, event: Any, text: str) -> int:
        message = f"{text[:40]} is no number that fits in 64 bits"
        self._problem(event, "yaml-number", message, "Write a smaller number, or quote it if it is text.")
        return 0

    def _decorated(self, event: Any) -> None:
        if event.anchor is not None:
            self._anchored(event)
        if event.tag is not None:
            tag = event.tag.replace("tag:yaml.org,2002:", "!!")
            self._problem(event, "yaml-tag", f"a tag ({tag})", "Remove it; quote the value if it is text.")

    def _anchored(self, event: Any) -> None:
        self._problem(event, "yaml-anchor", f"an anchor (&{event.anchor})", "Write the value out, or use a base.")
