"""Reports for people and machines: one module per format, each with one function, `write(report, stream)`."""

from __future__ import annotations

import importlib
from collections.abc import Callable
from typing import TextIO, cast

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

__all__ = ["FORMATS", "Difference", "PolicyInfo", "Report", "writer"]


def writer(name: str) -> Callable[[Report, TextIO], None]:
    """The function that writes a report in a format of `FORMATS`; KeyError for any other name."""
    return cast(Callable[[Report, TextIO], None], importlib.import_module(FORMATS[name]).write)
