"""GitLab Code Quality: the report a merge request shows beside its changes."""

from __future__ import annotations

from typing import Any, TextIO

from pggitops.findings import Finding, Severity
from pggitops.output.json_ import write_list
from pggitops.output.plain import plain
from pggitops.output.report import Report, fingerprints, from_here, problems, sentences

_SEVERITIES = {Severity.ERROR: "major", Severity.WARNING: "minor", Severity.INFO: "info"}


def write(report: Report, stream: TextIO) -> None:
    """What is open, as a JSON list with the worst first; an empty list where there is nothing."""
    found = problems(report)
    named = zip(found, fingerprints(found), strict=True)
    write_list((_issue(report, finding, name) for finding, name in named), stream)
    stream.write("\n")


def _issue(report: Report, finding: Finding, fingerprint: str) -> dict[str, Any]:
    return {
        "description": sentences(finding),
        "check_name": plain(finding.policy),
        "fingerprint": fingerprint,
        "severity": _SEVERITIES[finding.severity],
        "location": {
            "path": plain(from_here(report, finding.place.file)),
            "lines": {"begin": max(finding.place.line, 1)},
        },
    }
