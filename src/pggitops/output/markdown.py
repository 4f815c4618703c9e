"""Markdown for a comment on a pull request: a verdict and a table, the worst first."""

from __future__ import annotations

import re
from collections import Counter
from typing import TextIO

from pggitops.findings import Finding
from pggitops.output.plain import plain
from pggitops.output.report import Report, counted, problems, sentences, subject, verdict

LIMIT = 60_000
"""Bytes of a comment; GitHub refuses one of 65,536 characters."""

_MAX_CELL = 1_000
_HEAD = "| severity | where | policy | what, and what to do | environment |\n|---|---|---|---|---|\n"
_ROOM = 200
"""Bytes kept for the line that counts what was cut."""

# what Markdown, HTML or the page itself would act on; `@` and `#` would notify people and link issues
_ACTIVE = re.compile(r"[&<>|`*_~\\\[\]()!$]|[@#](?=\w)|://|(?<=\bwww)\.")


def write(report: Report, stream: TextIO) -> None:
    """The report below `LIMIT` bytes. The first line is a hidden mark by which a bot finds its comment again."""
    stream.write(rendered(report, LIMIT))


def rendered(report: Report, limit: int) -> str:
    """The report in fewer than `limit` bytes; rows that do not fit are counted."""
    found = problems(report)
    text = f"<!-- pggitops {report.command.replace('--', '')} -->\n**pggitops {report.command}: {verdict(report)}**\n"
    if not found:
        return text
    text += f"\n{_HEAD}"
    rows: list[str] = []
    room = limit - len(text.encode()) - _ROOM
    for finding in found:
        row = _row(finding)
        room -= len(row.encode())
        if room < 0:
            break
        rows.append(row)
    return text + "".join(rows) + _left_out(found[len(rows) :])


def _left_out(cut: list[Finding]) -> str:
    if not cut:
        return ""
    kinds = Counter(str(finding.severity) for finding in cut)
    said = ", ".join(counted(number, kind) for kind, number in kinds.items())
    return f"\n… and {len(cut):,} more that did not fit: {said}.\n"


def _row(finding: Finding) -> str:
    cells = (
        str(finding.severity),
        f"<code>{inert(str(finding.place))}</code>",
        f"<code>{inert(finding.policy)}</code>",
        inert(sentences(finding)),
        inert(subject(finding)),
    )
    return f"| {' | '.join(cells)} |\n"


def inert(text: str) -> str:
    """The text as it is read on the page, and nothing else: neither markup nor a mention nor a second row."""
    text = plain(text)
    if len(text) > _MAX_CELL:
        text = f"{text[:_MAX_CELL]} …"
    return _ACTIVE.sub(_escaped, text)


def _escaped(match: re.Match[str]) -> str:
    found = match[0]
    if found in "@#":
        return f"{found}&#8203;"
    return "".join(f"&#{ord(character)};" for character in found)
