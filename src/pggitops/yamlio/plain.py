"""Reading most of what people write, a line at a time: block maps and lists whose values end on their line.

A line that has been seen is not scanned again, and the overlays of a fleet have most of their lines in common. This is
no second opinion: what is not surely good, and what needs more than its line to be understood, is for `reader`; a
document that is given here is the one `reader` gives.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any, NamedTuple

from pggitops.patterns import pattern
from pggitops.yamlio.scalars import NoNumber

Flow = Callable[[str], Any]
"""Reads a list or a map that stands on one line; raises NotPlain where there is anything to be said of it."""

# together less than what `reader` takes
_DEEPEST, _DEEPEST_FLOW = 32, 16
_MOST_LINES = 2_000
_LONGEST_LINE = 200

# what is longer is no key for libyaml unless a `?` announces it
_NAME = r'[A-Za-z_/][A-Za-z0-9_./-]{0,1000}|"[^"\\]{0,1000}"'
_ENTRY = pattern(rf"({_NAME}):(?: +(.*))?")
# without quotes: how a value begins that is no flow, tag, anchor, block or alias
_PLAIN = pattern(r"(?:[^\W]|[/~]|[-+.][0-9]).*")
_QUOTED = pattern(r"\"([^\"\\]*)\"|'([^']*)'")
# within a flow: a bracket or comma, the key of a map, a value; spaces around them mean nothing
_PART = r"(?:[A-Za-z0-9_./%+*@=-]|:(?=[A-Za-z0-9_/]))"
_WORD = rf"""[A-Za-z0-9_/]{_PART}*(?: {_PART}+)*|"[^"\\]*"|'[^']*'"""
_TOKEN = pattern(rf" *(?:([][{{}},])|({_NAME}):(?= )|({_WORD})) *")
_SIGN, _KEY, _VALUE = 1, 2, 3
_END = 0, ""

Token = tuple[int, str]


class _Line(NamedTuple):
    """A line understood: `- key: value` or one of its parts; no key and no value for a comment (`indent` is -1)."""

    indent: int
    is_item: bool
    key: str | None
    value: Any
    form: int


_SCALAR, _FLOW, _OPEN = range(3)
_NOTHING = _Line(-1, False, None, None, _SCALAR)


class NotPlain(Exception):
    """It is for `reader`."""


class Lines:
    """One way of reading them: what a scalar without quotes means, and who is asked about flows beyond the usual."""

    def __init__(self, meaning: Callable[[str], Any], flow: Flow) -> None:
        self._meaning = meaning
        self._other_flow = flow
        self._known: dict[str, _Line] = {}

    def document(self, text: str) -> dict[str, Any] | None:
        """The one document of a text that holds nothing unusual; None for any other text, good or bad."""
        try:
            return self._document(text.removeprefix("---\n")) or None
        except (NotPlain, NoNumber):
            return None

    def _document(self, text: str) -> dict[str, Any]:
        root: dict[str, Any] = {}
        # what the next line belongs to, how far it is indented, and what that stands in
        here: Any = root
        level = 0
        outer: list[tuple[int, Any]] = []
        opened: str | None = None
        known = self._known.get
        for line in text.split("\n"):
            indent, is_item, key, value, form = known(line) or self._understood(line)
            if indent < 0:
                continue
            if opened is not None:
                # a list may stand as deep as its key
                if indent > level or (is_item and indent == level):
                    outer.append((level, here))
                    here[opened] = here = [] if is_item else {}
                    level = indent
                opened = None
            while indent < level or (indent == level and not is_item and here.__class__ is list):
                if not outer:
                    raise NotPlain
                level, here = outer.pop()
            if indent != level or is_item is not (here.__class__ is list) or len(outer) > _DEEPEST:
                raise NotPlain
            if is_item:
                if key is None:
                    here.append(_new(value) if form == _FLOW else value)
                    continue
                outer.append((level, here))
                item: dict[str, Any] = {}
                here.append(item)
                here, level = item, indent + 2
            if key in here:
                raise NotPlain
            if form == _OPEN:
                opened = key
            here[key] = _new(value) if form == _FLOW else value
        return root

    def _understood(self, line: str) -> _Line:
        understood = self._scan(line)
        if len(line) <= _LONGEST_LINE:
            if len(self._known) >= _MOST_LINES:
                self._known.clear()
            self._known[line] = understood
        return understood

    def _scan(self, line: str) -> _Line:
        body = line.lstrip(" ")
        indent = len(line) - len(body)
        if not body or body[0] == "#":
            return _NOTHING
        is_item = body.startswith("- ")
        if is_item:
            body = body[2:]
        entry = _ENTRY().fullmatch(body)
        if entry is None:
            if not is_item:
                raise NotPlain
            return _Line(indent, True, None, *self._value(body))
        key, rest = entry.groups()
        if key[0] == '"':
            key = key[1:-1]
        elif self._meaning(key) is not key:
            raise NotPlain
        if not rest or rest[0] == "#":
            return _Line(indent, is_item, key, None, _OPEN)
        return _Line(indent, is_item, key, *self._value(rest))

    def _value(self, text: str) -> tuple[Any, int]:
        """The value that the rest of a line holds."""
        text = text.partition(" #")[0].rstrip(" ")
        if "\t" in text:
            raise NotPlain
        if _PLAIN().fullmatch(text):
            if ": " in text or text[-1] == ":":
                raise NotPlain
            return self._meaning(text), _SCALAR
        if quoted := _QUOTED().fullmatch(text):
            return quoted[1] if text[0] == '"' else quoted[2], _SCALAR
        if text[:1] not in ("[", "{") or text.count("[") + text.count("{") > _DEEPEST_FLOW:
            raise NotPlain
        try:
            return self._flow(text), _FLOW
        except NotPlain:
            return self._other_flow(text), _FLOW

    def _flow(self, text: str) -> Any:
        """A list or a map on one line, of words in it."""
        tokens = _tokens(text)
        value = self._flow_value(next(tokens), tokens)
        if next(tokens) is not _END:
            raise NotPlain
        return value

    def _flow_value(self, token: Token, tokens: Iterator[Token]) -> Any:
        kind, text = token
        if kind == _VALUE:
            return self._word(text)
        if token == (_SIGN, "["):
            return [self._flow_value(each, tokens) for each in _items(tokens, "]")]
        if token == (_SIGN, "{"):
            found: dict[str, Any] = {}
            for kind, text in _items(tokens, "}"):
                key = self._word(text) if kind == _KEY else None
                if key.__class__ is not str or key in found:
                    raise NotPlain
                found[key] = self._flow_value(next(tokens), tokens)
            return found
        raise NotPlain

    def _word(self, word: str) -> Any:
        return word[1:-1] if word[0] in "\"'" else self._meaning(word)


def _new(value: Any) -> Any:
    """A copy of what a remembered line holds."""
    if value.__class__ is dict:
        return {key: _new(each) for key, each in value.items()}
    return [_new(each) for each in value] if value.__class__ is list else value


def _tokens(text: str) -> Iterator[Token]:
    at = 0
    while at < len(text):
        found = _TOKEN().match(text, at)
        if found is None:
            raise NotPlain
        kind = found.lastindex or 0
        yield kind, found[kind]
        at = found.end()
    while True:
        yield _END


def _items(tokens: Iterator[Token], end: str) -> Iterator[Token]:
    """The first token of each item, up to the bracket that ends them; who takes one takes what belongs to it."""
    token = next(tokens)
    while token != (_SIGN, end):
        yield token
        token = next(tokens)
        if token == (_SIGN, ","):
            token = next(tokens)
            if token[0] == _SIGN and token[1] == end:
                raise NotPlain
        elif token != (_SIGN, end):
            raise NotPlain
