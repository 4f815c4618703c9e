"""The safe ways: `steps.yaml` holds for each dangerous change what to do instead, over several pull requests.

Each step is one of three things. A `merge` is a pull request, with the words of an overlay as YAML text where they can
be said in general: of a cluster's file, of the environment's, or of a removed environment's. `run` is for a person at a
terminal. `wait` names what must be so before the next step.
"""

from __future__ import annotations

import functools
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from pggitops.record import record

_FILE = Path(__file__).parent / "steps.yaml"
FORMS = ("cluster", "environment", "removed")
"""Whose words an overlay's fragment is in."""


@record
class Step:
    """One step: `kind` is `merge`, `run` or `wait`; `overlay`, which may be empty, is YAML in the words of `form`."""

    kind: str
    text: str
    form: str = ""
    overlay: str = ""


@record
class Way:
    """The safe way of one kind of change, in order."""

    id: str
    title: str
    steps: tuple[Step, ...]


@functools.cache
def ways() -> Mapping[str, Way]:
    """Every way by its id."""
    from pggitops import yamlio  # only a plan that says what to do instead reads it

    document, problems = yamlio.load(_FILE.read_bytes())
    assert not problems, problems
    return {name: Way(name, way["title"], tuple(map(_step, way["steps"]))) for name, way in document.items()}


def _step(written: Mapping[str, Any]) -> Step:
    kind = next(each for each in ("merge", "run", "wait") if each in written)
    form = next((each for each in FORMS if each in written), "")
    return Step(kind, written[kind], form, written.get(form, "").rstrip())


def lines(way: Way) -> list[str]:
    """A way as numbered lines of text, overlays indented beneath their step."""
    said: list[str] = []
    request = 0
    for number, step in enumerate(way.steps, 1):
        request += step.kind == "merge"
        what = {"merge": f"pull request {request}: ", "wait": "wait until: ", "run": ""}[step.kind]
        said.append(f"{number}. {what}{step.text}")
        said += [f"     {line}" for line in step.overlay.splitlines()]
    return said
