"""Text for people: each problem with its line, what to do about it, and a last line that sums up."""

from __future__ import annotations

import functools
import os
import unicodedata
from collections.abc import Callable, Iterable, Iterator
from itertools import groupby
from pathlib import Path
from typing import TextIO

from pggitops.findings import Finding, Place, Severity
from pggitops.output.plain import plain
from pggitops.output.report import (
    Difference,
    Report,
    counted,
    counts,
    object_name,
    open_findings,
    subject,
    verdict,
)
from pggitops.plain_secrets import masked

_WIDTH = 120
_MAX_DIFF_LINES = 40
_MAX_ALIKE = 5
_RED, _GREEN, _YELLOW, _BLUE, _BOLD, _DIM = "31", "32", "33", "34", "1", "2"
_COLOURS = {Severity.ERROR: _RED, Severity.WARNING: _YELLOW, Severity.INFO: _BLUE}

Paint = Callable[[str, str], str]
_Excerpt = Callable[[Place], list[str]]


def write(report: Report, stream: TextIO) -> None:
    """What is open, by file and line; then the files that differ; then counts, in which waived findings appear."""
    paint = painter(stream)
    excerpt = _excerpts(Path(report.root))
    for _, alike in groupby(open_findings(report), key=_cause):
        stream.writelines(f"{line}\n" for line in _finding_lines(list(alike), paint, excerpt))
        stream.write("\n")
    for environment, differences in groupby(report.differences, key=lambda difference: difference.environment):
        for line in _difference_lines(environment, list(differences), paint):
            stream.write(f"{line}\n")
        stream.write("\n")
    for line in _summary_lines(report, paint):
        stream.write(f"{line}\n")


def painter(stream: TextIO) -> Paint:
    """A function of text and colour code that colours, or does not."""
    if not _wants_colour(stream):
        return lambda text, code: text
    return lambda text, code: f"\x1b[{code}m{text}\x1b[0m"


def _wants_colour(stream: TextIO) -> bool:
    if os.environ.get("NO_COLOR"):
        return False
    if any(os.environ.get(name, "0") not in ("", "0") for name in ("FORCE_COLOR", "CLICOLOR_FORCE")):
        return True
    return stream.isatty() and os.environ.get("TERM") != "dumb"


def _cause(finding: Finding) -> tuple[object, ...]:
    """What findings have in common that one line of a base causes in many environments."""
    return finding.place, finding.policy, finding.severity, finding.message, finding.fix, finding.related


def _finding_lines(alike: list[Finding], paint: Paint, excerpt: _Excerpt) -> Iterator[str]:
    """Findings of one cause: told once, and where they are."""
    finding = alike[0]
    place, severity = plain(str(finding.place)), str(finding.severity)
    head = f"{paint(severity, _COLOURS.get(finding.severity, _BOLD))} {paint(plain(finding.policy), _BOLD)}"
    yield f"{paint(place, _BOLD)}: {head}: {plain(finding.message)}"
    for line in () if finding.is_secret else excerpt(finding.place):
        yield paint(line, _DIM)
    if finding.fix:
        yield f"    fix: {plain(finding.fix)}"
    for related in finding.related:
        yield f"    see: {plain(str(related))}"
    for one in alike[:_MAX_ALIKE]:
        about = [subject(one), object_name(one.object) if one.object else ""]
        if any(about):
            yield f"    in: {plain(', '.join(filter(None, about)))}"
    if len(alike) > _MAX_ALIKE:
        yield f"    in: … {len(alike) - _MAX_ALIKE:,} more"


def _excerpts(root: Path) -> _Excerpt:
    """A function from a place to its line with a caret beneath; no lines where the file cannot be read."""

    # findings come sorted by file
    @functools.lru_cache(maxsize=2)
    def lines_of(file: str) -> list[str]:
        try:
            path = root / file
            return path.read_text(encoding="utf-8", errors="replace").split("\n") if path.is_file() else []
        except (OSError, ValueError):
            return []

    def excerpt(place: Place) -> list[str]:
        lines = lines_of(place.file)
        if not 1 <= place.line <= len(lines) or not lines[place.line - 1].strip():
            return []
        # a line that another finding is about may hold a secret all the same
        before, rest = _window(masked(lines[place.line - 1]), place.column - 1)
        margin = f"{place.line:>5} | "
        return [f"{margin}{before}{rest}", f"{' ' * (len(margin) - 2)}| {' ' * _columns(before)}^"]

    return excerpt


def _window(line: str, column: int) -> tuple[str, str]:
    """What of a long line to show, split at the column and made plain."""
    column = min(max(column, 0), len(line))
    first = max(0, column - _WIDTH // 2) if len(line) > _WIDTH else 0
    lead = "… " if first else ""
    trail = " …" if first + _WIDTH < len(line) else ""
    before, rest = line[first:column].replace("\t", " "), line[column : first + _WIDTH].replace("\t", " ")
    return lead + plain(before), plain(rest.rstrip()) + trail


def _columns(text: str) -> int:
    """How many columns of a terminal a text takes."""
    return sum(
        0 if unicodedata.combining(character) else 2 if unicodedata.east_asian_width(character) in "WF" else 1
        for character in text
    )


def _difference_lines(environment: str, differences: list[Difference], paint: Paint) -> Iterator[str]:
    for difference in differences:
        yield f"{paint(plain(difference.path), _BOLD)} {difference.said}"
        yield from _diff_lines(difference.diff, paint)
    for mend in dict.fromkeys(difference.mend for difference in differences):
        yield f"    fix: {plain(mend)}"


def _diff_lines(diff: str, paint: Paint) -> Iterator[str]:
    # the bar also keeps a line that begins with `::` from being a command to the CI system that shows it
    lines = diff.splitlines()
    for line in lines[:_MAX_DIFF_LINES]:
        colour = {"+": _GREEN, "-": _RED}.get(line[:1], _DIM)
        yield f"    | {paint(plain(line[:_WIDTH].replace(chr(9), ' ')), colour)}"
    if len(lines) > _MAX_DIFF_LINES:
        yield f"    | … {counted(len(lines) - _MAX_DIFF_LINES, 'more line')}"


def _summary_lines(report: Report, paint: Paint) -> Iterator[str]:
    count = counts(report)
    more = {name: value for name, value in report.summary.items() if name not in count}
    if more:
        yield ", ".join(_counted_words(more.items()))
    is_bad = bool(count["errors"] or report.differences)
    took = "" if report.seconds is None else f" ({report.seconds:,.1f} s)"
    yield paint(verdict(report), _RED if is_bad else _YELLOW if count["warnings"] else _GREEN) + took


def _counted_words(items: Iterable[tuple[str, int | str]]) -> Iterator[str]:
    for name, value in items:
        if isinstance(value, int):
            yield f"{value:,} {plain(name.removesuffix('s') if value == 1 else name)}"
        else:
            yield f"{plain(name)}: {plain(value)}"
