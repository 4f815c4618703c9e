"""What libyaml could not read, in words for somebody who wrote a file by hand."""

from __future__ import annotations

import yaml

from pggitops.record import record
from pggitops.yamlio.problem import Problem


@record
class _Case:
    """`sign` is a part of libyaml's own words; `at_start` points at where the thing begins that could not be read."""

    sign: str
    message: str
    fix: str
    id: str = "yaml-syntax"
    at_start: bool = False


_OPEN_BRACKET = _Case("", "the bracket opened here is never closed", "Close it.", at_start=True)
_UNFINISHED = _Case("", "the file ends before a bracket is closed", "Close it.")
_STRAY = _Case("", "the value cannot begin with `{}`", "Quote a value that begins with this character.")

# The first that fits counts.
_CASES = (
    _Case("nesting depth", "too many levels of nesting", "Flatten it.", "yaml-too-deep"),
    _Case("tab character", "a tab stands where only spaces may", "Indent with spaces.", "yaml-tab"),
    _Case("directive", "a % directive", "Remove it: files are YAML 1.2.", "yaml-directive"),
    _Case("incompatible YAML document", "a % directive", "Remove it: files are YAML 1.2.", "yaml-directive"),
    _Case(" a tag", "a tag", "Remove it; quote the value if it begins with `!`.", "yaml-tag", at_start=True),
    _Case("tag handle", "a tag", "Remove it; quote the value if it begins with `!`.", "yaml-tag"),
    _Case("an alias", "an alias without a name", "Quote a value that begins with `*`.", "yaml-alias", at_start=True),
    _Case("an anchor", "an anchor without a name", "Quote a value that begins with `&`.", "yaml-anchor", at_start=True),
    _Case("unexpected end of stream", "the quote opened here is never closed", "Close it.", at_start=True),
    _Case("unexpected document indicator", "the quote opened here is never closed", "Close it.", at_start=True),
    _Case("escape c", "an escape that does not exist", "Write `\\\\` for a backslash, or use single quotes."),
    _Case("hexdecimal", "an escape that does not exist", "Write `\\\\` for a backslash, or use single quotes."),
    _Case("a block scalar", "a block of text (`|` or `>`) begins on the next line", "Move the text there."),
    _Case(
        "mapping values are not allowed",
        "a `:` stands where no key can be",
        "Quote a value that contains `: `, or correct the indentation.",
    ),
    _Case(
        "could not find expected ':'",
        "this is neither `key: value` nor part of the value before it",
        "Add the missing `:`, or correct the indentation.",
        at_start=True,
    ),
    _Case(
        "sequence entries are not allowed",
        "a list item (`- `) stands where none can be",
        "Begin the list on the line below its key, or quote the value.",
    ),
    _Case("expected ',' or", "a `,` or the closing bracket is missing before this", "Separate items with commas."),
    _Case(
        "expected '-' indicator",
        "this is no item of the list before it",
        "Begin the item with `- `, or correct the indentation.",
    ),
    _Case(
        "expected key",
        "this is no key of the map before it",
        "Correct the indentation, quote the value, or add the missing `:`.",
    ),
    _Case("expected node content", "a value is missing before this", "Write the value, or quote it if this is it."),
    _Case("document start", "something stands after the end of the document", "Remove it, or correct the brackets."),
)


def syntax_problem(text: str, error: yaml.YAMLError) -> Problem:
    """The complaint about a text that libyaml gave up on."""
    said = str(getattr(error, "problem", "") or error)
    mark = getattr(error, "problem_mark", None) or getattr(error, "context_mark", None)
    if mark is None:
        return Problem("yaml-syntax", f"not YAML: {said}", "Correct the YAML.")
    start = getattr(error, "context_mark", None) or mark
    lines = text.split("\n")
    line = lines[mark.line] if mark.line < len(lines) else ""
    tab = _tab(line[: mark.column + 1])
    if tab:
        return Problem("yaml-tab", "a tab stands where only spaces may", "Indent with spaces.", mark.line + 1, tab)
    written = text.rstrip()
    at_end = mark.index >= len(written)
    case = _case(f"{said} {getattr(error, 'context', '')}", line[mark.column : mark.column + 1], at_end)
    place = start if case.at_start else mark
    line, column = (place.line + 1, place.column + 1) if place.index < len(written) else _end(written)
    return Problem(case.id, case.message, case.fix, line, column)


def _end(written: str) -> tuple[int, int]:
    return written.count("\n") + 1, len(written) - written.rfind("\n")


def _tab(before: str) -> int:
    """The column of a tab in the indentation of what was read last: likelier than what libyaml says (0: none)."""
    indentation = before[: len(before) - len(before.lstrip())]
    return indentation.find("\t") + 1 or (len(before) if before.endswith("\t") else 0)


def _case(said: str, character: str, at_end: bool) -> _Case:
    if "cannot start any token" in said:
        return _Case("", _STRAY.message.format(character), _STRAY.fix)
    if at_end and "expected ',' or" in said:
        return _OPEN_BRACKET
    if at_end and "flow node" in said:
        return _UNFINISHED
    return next((case for case in _CASES if case.sign in said), _Case("", f"not YAML: {said}", "Correct the YAML."))
