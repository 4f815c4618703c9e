"""Mistakes seeded in the example fleet, one at a time: each is found, at its line (see `seeded/README.md`)."""

from __future__ import annotations

import datetime
import shutil
from pathlib import Path
from typing import Any

import pytest
import yaml

from pggitops import fleet, yamlio
from pggitops.compose import environment_names
from pggitops.findings import Finding, Severity
from pggitops.pipeline import Settings

ROOT = Path(__file__).parent.parent
SEEDED = Path(__file__).parent / "seeded"
TODAY = datetime.date(2026, 11, 26)


def mistakes() -> list[Any]:
    """All of them, `<family>: <mistake>` in their ids."""
    return [
        pytest.param(case, id=f"{file.stem}: {case['mistake']}")
        for file in sorted(SEEDED.glob("*.yaml"))
        for case in yaml.safe_load(file.read_text())
    ]


def seeded(root: Path, case: dict[str, Any]) -> set[tuple[str, int]]:
    """Make the example fleet with the mistake in it; the places a finding may stand at."""
    shutil.copytree(ROOT / "environments", root / "environments")
    file = root / "environments" / f"{case['in']}.yaml"
    if "text" in case:
        old, new = case["text"]
        before = file.read_text()
        assert old in before
        file.write_text(before.replace(old, new, 1))
    elif "merge" in case:
        file.write_text(yaml.safe_dump(_laid_on(yaml.safe_load(file.read_text()), case["merge"]), sort_keys=False))
    for name, content in case.get("add", {}).items():
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text(content)
    if isinstance(case["at"], dict):
        return {place for name, texts in case["at"].items() for place in _at_texts(root / name, name, texts)}
    name = str(file.relative_to(root))
    if "text-at" in case:
        return set(_at_texts(root / case["file"], case["file"], case["text-at"]))
    if isinstance(case["at"], str) and case["at"].startswith("text:"):
        return set(_at_texts(file, name, case["at"].removeprefix("text:")))
    wanted = [case["at"]] if isinstance(case["at"], list) else [path.split(".") for path in case["at"].split("|")]
    return {(name, line) for path in wanted for line in _lines(file, tuple(path))}


def _laid_on(document: dict[str, Any], change: dict[str, Any]) -> dict[str, Any]:
    """A JSON Merge Patch whose nulls stay: they are a person's way to remove what a base says."""
    result = dict(document)
    for key, value in change.items():
        below = result.get(key)
        result[key] = _laid_on(below if isinstance(below, dict) else {}, value) if isinstance(value, dict) else value
    return result


def _at_texts(file: Path, name: str, texts: str) -> list[tuple[str, int]]:
    lines = file.read_text().split("\n")
    return [(name, at) for at, line in enumerate(lines, 1) if any(text in line for text in texts.split("|"))]


def _lines(file: Path, path: tuple[str, ...]) -> set[int]:
    """The lines of what stands there, or of the nearest thing above that does."""
    marks = yamlio.marks(file.read_bytes())
    if path in marks:
        return {mark.key[0] for other, mark in marks.items() if other[: len(path)] == path}
    while path and path not in marks:
        path = path[:-1]
    return {marks[path].key[0]} if path else {1}


def findings(root: Path) -> list[Finding]:
    """What is said of the fleet there."""
    names = environment_names(root)
    with fleet.spool() as spool:
        return fleet.run(Settings(root, TODAY), names, names, spool, lambda: None).findings


@pytest.mark.parametrize("case", mistakes())
def test_it_is_found(case: dict[str, Any], tmp_path: Path) -> None:
    places = seeded(tmp_path, case)
    least = Severity.INFO if case.get("minor") else Severity.WARNING
    said = [finding for finding in findings(tmp_path) if finding.severity >= least]
    words = [word.lower() for word in str(case["says"]).split("|")]
    named = [one for one in said if any(word in f"{one.message} {one.fix}".lower() for word in words)]
    shown = "\n".join(f"{one.place}: {one.policy}: {one.message} {one.fix}" for one in said)
    if case.get("missed"):
        assert not named, f"found by now, take `missed` away:\n{shown}"
        return
    assert named, f"missed; said was:\n{shown}"
    assert places & {(one.place.file, one.place.line) for one in named}, f"not at {sorted(places)}:\n{shown}"
