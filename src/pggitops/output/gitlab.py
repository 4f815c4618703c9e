"""GitLab Code Quality: the report a merge request shows beside its changes."""

from __future__ import annotations

import json
from typing import TextIO

from pggitops.findings import Finding, Severity
from pggitops.output.plain import plain
from pggitops.output.report import Report, fingerprints, problems

_SEVERITIES = {Severity.ERROR: "major", Severity.WARNING: "minor", Severity.INFO: "info"}


def write(report: Report, stream: TextIO) -> None:
    """What is open, as a JSON list with the worst first; an empty list where there is nothing."""
    found = problems(report)
    separator = "[\n"
    for finding, fingerprint in zip(found, fingerprints(found), strict=True):
        stream.write(separator + json.dumps(_issue(finding, fingerprint)))
        separator = ",\n"
    stream.write("[]\n" if separator == "[\n" else "\n]\n")


def _issue(finding: Finding, fingerprint: str) -> dict[str, object]:
    return {
        "description": " ".join(filter(None, (plain(finding.message), plain(finding.fix)))),
        "check_name": plain(finding.policy),
        "fingerprint": fingerprint,
        "severity": _SEVERITIES[finding.severity],
        "location": {"path": plain(finding.place.file), "lines": {"begin": max(finding.place.line, 1)}},
    }
