"""GitHub Actions: annotations at the lines of the pull request, a table in the job's summary, counts as outputs."""

from __future__ import annotations

import os
from itertools import groupby
from typing import TextIO

from pggitops.errors import CannotGoOn
from pggitops.findings import Finding, Severity
from pggitops.output import markdown
from pggitops.output.plain import plain
from pggitops.output.report import Report, counted, counts, from_here, problems, subject, verdict

MAX_ANNOTATIONS = 10
"""GitHub shows that many of each kind a step, and drops the rest without a word."""

MAX_SUMMARY = 1 << 20
"""Bytes GitHub takes as the summary of a step."""

MAX_MESSAGE = 4_000
"""Characters of an annotation's message: a reader sees no more, and a line of the log has an end."""

_KINDS = {Severity.ERROR: "error", Severity.WARNING: "warning", Severity.INFO: "notice"}


def write(report: Report, stream: TextIO) -> None:
    """Workflow commands, errors first; a line that counts what got no annotation; the verdict.

    Where GITHUB_STEP_SUMMARY names a file, the whole table is appended to it, and where GITHUB_OUTPUT does, the counts:
    `errors`, `warnings`, `infos`, `waived`, `baseline` and `out-of-date`. CannotGoOn if a file refuses.
    """
    for severity, group in groupby(problems(report), key=lambda finding: finding.severity):
        found = list(group)
        for finding in found[:MAX_ANNOTATIONS]:
            stream.write(f"{_annotation(report, finding)}\n")
        left = len(found) - MAX_ANNOTATIONS
        if left > 0:
            stream.write(
                f"{counted(left, f'more {_KINDS[severity]}')} without annotation: see the summary of the job\n"
            )
    stream.write(f"{verdict(report)}\n")
    _append("GITHUB_STEP_SUMMARY", "step summary", report.page or markdown.rendered(report, limit=MAX_SUMMARY))
    outputs = {**counts(report), "out-of-date": len(report.differences)}
    _append("GITHUB_OUTPUT", "file for outputs", "".join(f"{name}={number}\n" for name, number in outputs.items()))


def _append(variable: str, what: str, text: str) -> None:
    """Append to the file that the runner names, if it does."""
    file = os.environ.get(variable)
    if not file:
        return
    try:
        with open(file, "a", encoding="utf-8") as stream:
            stream.write(text)
    except OSError as error:
        raise CannotGoOn(f"the {what} {file} cannot be written: {error.strerror}") from error


def _annotation(report: Report, finding: Finding) -> str:
    properties = {
        "file": from_here(report, finding.place.file),
        "line": str(max(finding.place.line, 1)),
        "col": str(max(finding.place.column, 1)),
        "title": ": ".join(filter(None, (finding.policy, subject(finding)))),
    }
    said = ",".join(f"{name}={_property(plain(value))}" for name, value in properties.items())
    message = "\n".join(filter(None, (plain(finding.message), plain(finding.fix))))
    if len(message) > MAX_MESSAGE:
        message = f"{message[:MAX_MESSAGE]} …"
    return f"::{_KINDS[finding.severity]} {said}::{_data(message)}"


def _data(text: str) -> str:
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    return _data(text).replace(":", "%3A").replace(",", "%2C")
