"""JSON: stable, `version` 1 (`schemas/report.schema.json`); every problem a finding.

One finding a line, so that a reader need not hold them all.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import Any, TextIO

from pggitops.findings import Finding, Place
from pggitops.output.report import CHECKS_OUTPUT, Difference, Report, counts

VERSION = 1


def write(report: Report, stream: TextIO) -> None:
    """The report as one JSON object in ASCII; values stand there exactly as they are.

    `summary` holds the counts of findings beside what the command counted. `differences` are there for
    `render --check` only.
    """
    stream.write(f'{{"version": {VERSION}, "environments": {report.environments}, "findings": ')
    write_list(map(finding_json, report.findings), stream)
    if report.command == CHECKS_OUTPUT:
        stream.write(', "differences": ')
        write_list(map(_difference, report.differences), stream)
    stream.write(f', "summary": {json.dumps({**counts(report), **report.summary})}}}\n')


def finding_json(finding: Finding) -> dict[str, Any]:
    """A finding as all our JSON has it."""
    return {
        "policy": finding.policy,
        "severity": str(finding.severity),
        "message": finding.message,
        "fix": finding.fix,
        **_place(finding.place),
        "path": finding.path,
        "environment": finding.environment,
        "cluster": finding.cluster,
        "object": _object(finding),
        "related": [_place(place) for place in finding.related],
        "state": str(finding.state),
    }


def _place(place: Place) -> dict[str, Any]:
    return {"file": place.file, "line": max(place.line, 1), "column": max(place.column, 1)}


def _object(finding: Finding) -> dict[str, str] | None:
    reference = finding.object
    if reference is None:
        return None
    return {
        "apiVersion": reference.api_version,
        "kind": reference.kind,
        "namespace": reference.namespace,
        "name": reference.name,
        "path": reference.path,
    }


def _difference(difference: Difference) -> dict[str, str]:
    return {
        "environment": difference.environment,
        "path": difference.path,
        "kind": difference.kind,
        "diff": difference.diff,
    }


def write_list(items: Iterable[dict[str, Any]], stream: TextIO) -> None:
    """Items as a JSON list, one a line: a reader need not hold them all, and a diff shows them one by one."""
    separator = "[\n"
    for item in items:
        stream.write(separator + json.dumps(item))
        separator = ",\n"
    stream.write("[]" if separator == "[\n" else "\n]")
