"""Where each value of a file stands: a second reading, for when somebody asks."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import field
from typing import Any

import yaml
from yaml.events import (
    AliasEvent,
    DocumentStartEvent,
    MappingEndEvent,
    MappingStartEvent,
    ScalarEvent,
    SequenceEndEvent,
    SequenceStartEvent,
    StreamEndEvent,
)

from pggitops.record import mutable
from pggitops.yamlio.expanding import MAX_EXPANDED, key_of
from pggitops.yamlio.mark import Mark, Steps
from pggitops.yamlio.reader import MAX_DEPTH
from pggitops.yamlio.source import decode


def marks(data: bytes, document: int = 0, is_expanded: bool = False) -> dict[Steps, Mark]:
    """Where each value of one of a file's documents stands; an unreadable file has no marks.

    A map or list in block style stands where its key does: that is where a person looks for it. What is below an alias,
    or merged, stands where its anchor is. Where the document is one of `load_expanded`, so are its keys.
    """
    # what the reader took is not too large here
    text, _ = decode(data, len(data))
    if text is None:
        return {}
    found = _Found(is_expanded)
    get = yaml.CSafeLoader(text).get_event
    try:
        event = _root(get, document)
        if event is not None:
            _mark(get, event, (), _at(event), found)
    except (yaml.YAMLError, _TooDeep):
        return {}
    return found.marks


@mutable
class _Found:
    """The marks, their paths in the order they were come upon, and for each anchor which of these are in it."""

    is_expanded: bool
    marks: dict[Steps, Mark] = field(default_factory=dict)
    paths: list[Steps] = field(default_factory=list)
    anchors: dict[str, range] = field(default_factory=dict)
    copied: int = 0

    def add(self, path: Steps, mark: Mark) -> None:
        """A mark, unless there is one."""
        if path not in self.marks:
            self.marks[path] = mark
            self.paths.append(path)

    def key(self, event: Any) -> str:
        """What a scalar is called as a key."""
        try:
            return key_of(event) if self.is_expanded else str(event.value)
        except ValueError:
            return str(event.value)

    def copy(self, numbers: range, above: int, path: Steps) -> None:
        """Let marks stand below another path too, instead of their first steps; as many as the reader would copy."""
        for number in numbers:
            self.copied += 1
            if self.copied > MAX_EXPANDED:
                return
            at = self.paths[number]
            self.add((*path, *at[above:]), self.marks[at])

    def merge(self, numbers: range, path: Steps) -> None:
        """Let what stands below a merge key of a map, or below an item of its list, stand in the map too."""
        for number in numbers:
            at = self.paths[number]
            rest = at[len(path) + 1 :]
            rest = rest[1:] if rest and isinstance(rest[0], int) else rest
            if rest:
                self.add((*path, *rest), self.marks[at])


class _TooDeep(Exception):
    """The document is nested deeper than is read."""


def _root(get: Callable[[], Any], document: int) -> Any:
    """The event the document of that number begins with; None where the file holds fewer."""
    while True:
        event = get()
        if event.__class__ is StreamEndEvent:
            return None
        if event.__class__ is DocumentStartEvent:
            document -= 1
            if document < 0:
                return get()


def _mark(
    get: Callable[[], Any], event: Any, path: Steps, key: tuple[int, int], found: _Found, renamed: str = ""
) -> None:
    if len(path) > MAX_DEPTH:
        raise _TooDeep
    kind = event.__class__
    is_map, is_list = kind is MappingStartEvent, kind is SequenceStartEvent
    first = len(found.paths)
    plain = event.value if kind is ScalarEvent and event.implicit[0] else ""
    found.add(path, Mark(key, key if (is_map or is_list) and not event.flow_style else _at(event), plain, renamed))
    if is_map:
        _map(get, path, found)
    elif is_list:
        index = 0
        while (item := get()).__class__ is not SequenceEndEvent:
            _mark(get, item, (*path, index), _at(item), found)
            index += 1
    if kind is AliasEvent:
        inside = found.anchors.get(event.anchor, range(0))
        found.copy(inside, len(found.paths[inside.start]) if inside else 0, path)
    elif event.anchor is not None:
        found.anchors[event.anchor] = range(first, len(found.paths))


def _map(get: Callable[[], Any], path: Steps, found: _Found) -> None:
    merges = []
    while (event := get()).__class__ is not MappingEndEvent:
        if event.__class__ is ScalarEvent:
            first = len(found.paths)
            key = found.key(event)
            _mark(get, get(), (*path, key), _at(event), found, "" if key == event.value else event.value)
            if event.value == "<<" and event.implicit[0]:
                merges.append(range(first, len(found.paths)))
        else:
            _skip(get, event)
            _skip(get, get())
    for numbers in merges:
        found.merge(numbers, path)


def _skip(get: Callable[[], Any], event: Any) -> None:
    """Past a value and all that is in it."""
    depth = 0
    while True:
        if event.__class__ in (MappingStartEvent, SequenceStartEvent):
            depth += 1
        elif event.__class__ in (MappingEndEvent, SequenceEndEvent):
            depth -= 1
        if depth == 0:
            return
        event = get()


def _at(event: Any) -> tuple[int, int]:
    return event.start_mark.line + 1, event.start_mark.column + 1
