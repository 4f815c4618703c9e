"""Reading what others wrote: anchors, aliases and merge keys are taken as kubectl takes them, within bounds."""

from __future__ import annotations

from typing import Any

from yaml.events import AliasEvent, ScalarEvent

from pggitops.yamlio.problem import Problem
from pggitops.yamlio.reader import MAX_DEPTH, Reader, Stop, read_all
from pggitops.yamlio.source import decode

MAX_EXPANDED = 100_000
"""How many values the aliases of a file may write out: a few nested ones could make billions."""
_MERGE = "\0<<"


def load(data: bytes, limit: int) -> tuple[list[tuple[Any, int]], list[Problem]]:
    """As `load_all`, with a copy of what an alias names in its place, and merge keys (`<<`) merged."""
    return read_all(*decode(data, limit), _Expanding)


class _Expanding(Reader):
    """The reader with the values that anchors name, those of one document at a time."""

    def __init__(self, text: str, problems: list[Problem]) -> None:
        super().__init__(text, problems)
        self._anchors: dict[str, Any] = {}
        self._left = MAX_EXPANDED
        self._merges: dict[str, Any] = {}

    def _value(self, event: Any, depth: int) -> Any:
        if depth == 0:
            self._anchors.clear()
        if event.__class__ is AliasEvent:
            return self._copied(event, self._named(event), depth)
        value = super()._value(event, depth)
        if event.anchor is not None:
            self._anchors[event.anchor] = value
        return value

    def _mapping(self, start: Any, depth: int) -> dict[str, Any]:
        result = super()._mapping(start, depth)
        for key in [key for key in result if key in self._merges]:
            self._merge(result, result.pop(key), self._merges.pop(key))
        return result

    def _merge(self, result: dict[str, Any], given: Any, event: Any) -> None:
        """What a merge key holds, in so far as the map itself, or what is merged before, says nothing else."""
        for each in given if isinstance(given, list) else [given]:
            if not isinstance(each, dict):
                self._problem(event, "yaml-merge-key", "a merge key (<<) of what is no map", "Merge a map.")
                return
            for key, value in each.items():
                result.setdefault(key, value)

    def _key(self, event: Any, depth: int) -> str:
        if event.__class__ is AliasEvent and isinstance(named := self._named(event), str):
            return named
        if event.__class__ is ScalarEvent and event.value == "<<" and event.implicit[0]:
            return self._merging(event)
        key = super()._key(event, depth)
        if event.__class__ is ScalarEvent and event.anchor is not None:
            self._anchors[event.anchor] = key
        return key

    def _merging(self, event: Any) -> str:
        """A merge key's name until its map is complete, so that it is neither another one nor a `"<<"` in quotes."""
        key = f"{_MERGE}{event.start_mark.index}"
        self._merges[key] = event
        return key

    def _anchored(self, event: Any) -> None:
        """It is no problem here."""

    def _named(self, event: Any) -> Any:
        """What an alias names. What is not complete is not there yet: nothing can hold itself."""
        if event.anchor in self._anchors:
            return self._anchors[event.anchor]
        message = f"the alias *{event.anchor} names nothing that stands before it"
        self._problem(event, "yaml-alias", message, f"Write &{event.anchor} before what it is for, or the value.")
        return None

    def _copied(self, event: Any, value: Any, depth: int) -> Any:
        """A value once more, so that nothing stands in two places."""
        self._left -= 1
        if self._left < 0:
            message = f"the aliases of this file stand for more than {MAX_EXPANDED:,} values"
            self._problem(event, "yaml-alias", message, "Write the values out, or split the file.")
            raise Stop
        if depth > MAX_DEPTH:
            self._problem(event, "yaml-too-deep", f"more than {MAX_DEPTH} levels of nesting", "Flatten it.")
            raise Stop
        if isinstance(value, dict):
            return {key: self._copied(event, each, depth + 1) for key, each in value.items()}
        if isinstance(value, list):
            return [self._copied(event, each, depth + 1) for each in value]
        return value
