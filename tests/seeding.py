"""Mistakes to be seeded in the example fleet, one at a time (see `seeded/README.md`)."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

import yaml

from pggitops import yamlio

ROOT = Path(__file__).parent.parent
SEEDED = Path(__file__).parent / "seeded"


def mistakes() -> list[tuple[str, dict[str, Any]]]:
    """All of them, each with its family."""
    return [(file.stem, case) for file in sorted(SEEDED.glob("*.yaml")) for case in yaml.safe_load(file.read_text())]


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
