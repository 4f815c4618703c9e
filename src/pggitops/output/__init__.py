"""Reports for people and machines: one module per format, each with one function, `write(report, stream)`."""

from __future__ import annotations

import importlib
from typing import TextIO

from pggitops.output.report import Difference, PolicyInfo, Report

FORMATS: dict[str, str] = {
    "text": "pggitops.output.text",
    "json": "pggitops.output.json_",
    "sarif": "pggitops.output.sarif",
    "junit": "pggitops.output.junit",
    "github": "pggitops.output.github",
    "gitlab": "pggitops.output.gitlab",
    "markdown": "pggitops.output.markdown",
}
"""The module of each format, by the name people give it."""

__all__ = ["FORMATS", "Difference", "PolicyInfo", "Report", "write"]


def write(report: Report, output_format: str, stream: TextIO) -> None:
    """Write a report in one of `FORMATS`; KeyError for any other. Only that format's module is imported."""
    importlib.import_module(FORMATS[output_format]).write(report, stream)
