"""Reading what others wrote, as kubectl does: its scalars, anchors, aliases, merge keys, line ends; within bounds."""

from __future__ import annotations

from typing import Any

from yaml.events import AliasEvent, MappingStartEvent, ScalarEvent, SequenceStartEvent

from pggitops.patterns import pattern
from pggitops.yamlio import kubectl, plain
from pggitops.yamlio.problem import Problem
from pggitops.yamlio.reader import MAX_DEPTH, Reader, Stop, read_all
from pggitops.yamlio.source import decode

_CONTENT = pattern(r"(?m)^ *[^ \n#]")
MAX_EXPANDED = 100_000
"""How many values the aliases of a file may write out: a few nested ones could make billions."""
_MERGE = "\0<<"
_OF_YAML = "tag:yaml.org,2002:"
_TAGS_OF = {MappingStartEvent: f"{_OF_YAML}map", SequenceStartEvent: f"{_OF_YAML}seq"}


def load(data: bytes, limit: int) -> tuple[list[tuple[Any, int]], list[Problem]]:
    """As `load_all`, but as kubectl reads: its scalars, copies for aliases, merged merge keys, any line ends."""
    text, problems = decode(data, limit)
    if text is not None and not problems:
        document = _LINES.document(text)
        if document is not None:
            return [(document, _first_line(text))], []
    return read_all(text, [problem for problem in problems if problem.id != "yaml-crlf"], _Expanding)


def _first_line(text: str) -> int:
    """Where a document begins that has no other before it."""
    found = _CONTENT().search(text)
    return text.count("\n", 0, found.start()) + 1 if found else 1


def _sure(text: str) -> Any:
    """What a scalar means, if that is the same in JSON: 1e3 becomes an integer there."""
    value = kubectl.meaning(text)
    if value.__class__ is float:
        raise plain.NotPlain
    return value


def _no_flow(text: str) -> Any:
    raise plain.NotPlain


_LINES = plain.Lines(_sure, _no_flow)


def key_of(event: Any) -> str:
    """What the key is called that a scalar stands for. Raises ValueError where it can be none."""
    return kubectl.as_key(_value_of(event))


def _value_of(event: Any) -> Any:
    """What a scalar is, before it becomes JSON. Raises ValueError where its tag says something else."""
    if event.tag is not None:
        return kubectl.tagged(event.tag.replace(_OF_YAML, "!!"), event.value)
    return kubectl.meaning(event.value) if event.implicit[0] else event.value


def _written(event: Any) -> str:
    """A scalar or an alias as it stands there."""
    return str(event.value) if event.__class__ is ScalarEvent else f"*{event.anchor}"


class _Expanding(Reader):
    """The reader with the values that anchors name, those of one document at a time."""

    beginnings = kubectl.BEGINNINGS

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
        if event.anchor is not None and event.__class__ is not ScalarEvent:
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
        if event.__class__ is AliasEvent:
            return self._named_key(event, self._named(event))
        if event.__class__ is not ScalarEvent:
            self._no_string(event, depth)
            return ""
        if event.value == "<<" and event.implicit[0]:
            return self._merging(event)
        return self._named_key(event, self._known(event))

    def _named_key(self, event: Any, value: Any) -> str:
        """What a key is called that is no text, such as `true` where somebody wrote `on`."""
        try:
            return kubectl.as_key(value)
        except kubectl.NoJson:
            written = _written(event)
            fix = f'Quote it: "{written}".' if event.__class__ is ScalarEvent else "Write the key out, in quotes."
            self._problem(event, "yaml-key", f"the key {written or 'null'} is no string", fix)
            return ""

    def _scalar(self, event: Any) -> Any:
        return self._held(event, self._known(event))

    def _resolve(self, event: Any) -> Any:
        return self._held(event, kubectl.meaning(event.value))

    def _held(self, event: Any, value: Any) -> Any:
        try:
            return kubectl.in_json(value)
        except kubectl.NoJson:
            return self._no_number(event, _written(event))

    def _known(self, event: Any) -> Any:
        """What a scalar is, before it becomes JSON or a key: an alias of it may become the other one."""
        value = self._of_tag(event) if event.tag is not None else _value_of(event)
        if event.anchor is not None:
            self._anchors[event.anchor] = value
        return value

    def _of_tag(self, event: Any) -> Any:
        tag = event.tag.replace(_OF_YAML, "!!")
        if tag not in kubectl.TAGS:
            self._decorated(event)
            return event.value
        try:
            return _value_of(event)
        except ValueError:
            self._problem(event, "yaml-tag", f"{event.value[:40]} is no {tag}", "Correct it, or remove the tag.")
            return event.value

    def _decorated(self, event: Any) -> None:
        if event.tag is not None and event.tag != _TAGS_OF.get(event.__class__):
            super()._decorated(event)

    def _merging(self, event: Any) -> str:
        """A merge key's name until its map is complete, so that it is neither another one nor a `"<<"` in quotes."""
        key = f"{_MERGE}{event.start_mark.index}"
        self._merges[key] = event
        return key

    def _duplicate(self, event: Any, key: str) -> None:
        if event.__class__ is AliasEvent:
            self._problem(event, "yaml-duplicate-key", f'the key "{key}" stands here twice', "Keep one of the two.")
        super()._duplicate(event, key)

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
        return self._held(event, value)
