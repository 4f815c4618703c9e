"""Where each value of a file stands: a second reading, for when somebody asks."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import yaml
from yaml.events import (
    DocumentStartEvent,
    MappingEndEvent,
    MappingStartEvent,
    ScalarEvent,
    SequenceEndEvent,
    SequenceStartEvent,
    StreamEndEvent,
)

from pggitops.yamlio.mark import Mark, Steps
from pggitops.yamlio.reader import MAX_DEPTH
from pggitops.yamlio.source import decode


def marks(data: bytes, document: int = 0) -> dict[Steps, Mark]:
    """Where each value of one of a file's documents stands; an unreadable file has no marks.

    A map or list in block style stands where its key does: that is where a person looks for it.
    """
    # what the reader took is not too large here
    text, _ = decode(data, len(data))
    if text is None:
        return {}
    found: dict[Steps, Mark] = {}
    get = yaml.CSafeLoader(text).get_event
    try:
        event = _root(get, document)
        if event is not None:
            _mark(get, event, (), _at(event), found)
    except (yaml.YAMLError, _TooDeep):
        return {}
    return found


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


def _mark(get: Callable[[], Any], event: Any, path: Steps, key: tuple[int, int], found: dict[Steps, Mark]) -> None:
    if len(path) > MAX_DEPTH:
        raise _TooDeep
    kind = event.__class__
    is_map, is_list = kind is MappingStartEvent, kind is SequenceStartEvent
    found.setdefault(path, Mark(key, key if (is_map or is_list) and not event.flow_style else _at(event)))
    if is_map:
        while (event := get()).__class__ is not MappingEndEvent:
            if event.__class__ is ScalarEvent:
                _mark(get, get(), (*path, event.value), _at(event), found)
            else:
                _skip(get, event)
                _skip(get, get())
    elif is_list:
        index = 0
        while (event := get()).__class__ is not SequenceEndEvent:
            _mark(get, event, (*path, index), _at(event), found)
            index += 1


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
