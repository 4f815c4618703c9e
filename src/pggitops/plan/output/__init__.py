"""Plans for people and machines: one module per format, each with one function, `write(plan, view, stream)`."""

from __future__ import annotations

import importlib
from typing import TextIO

from pggitops.plan.model import Plan
from pggitops.plan.output.view import View

FORMATS: dict[str, str] = {
    "text": "pggitops.plan.output.text",
    "json": "pggitops.plan.output.json_",
    "markdown": "pggitops.plan.output.markdown",
    "sarif": "pggitops.plan.output.as_findings",
    "github": "pggitops.plan.output.as_findings",
    "gitlab": "pggitops.plan.output.as_findings",
}
"""The module of each format, by the name people give it."""

__all__ = ["FORMATS", "View", "write"]


def write(plan: Plan, output_format: str, view: View, stream: TextIO) -> None:
    """Write a plan in one of `FORMATS`; KeyError for any other. Only that format's module is imported."""
    importlib.import_module(FORMATS[output_format]).write(plan, view, output_format, stream)
