"""The page on restoring may not lie: its command writes the file it shows, and its overlays have no errors."""

from __future__ import annotations

import re
import shlex
import shutil
from pathlib import Path

import pytest

from fleets import ROOT
from pggitops.cli import run

PAGE = (ROOT / "docs" / "restore.md").read_text()
BLOCKS = re.findall(r"```(console|yaml)\n(.*?)```", PAGE, re.DOTALL)
OVERLAYS = [text for _, text in BLOCKS if text.startswith("# environments/")]


@pytest.fixture
def fleet(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    shutil.copytree(ROOT / "environments", tmp_path / "environments")
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_the_command_writes_what_is_shown(fleet: Path) -> None:
    (command,) = [text for language, text in BLOCKS if language == "console"]
    assert run(shlex.split(command.removeprefix("$ pggitops "))) == 0
    (file,) = re.findall(r"writes `(operations/\S+)`", PAGE)
    assert f"```yaml\n{(fleet / file).read_text()}```" in PAGE


def test_there_are_two_overlays() -> None:
    assert len(OVERLAYS) == 2


@pytest.mark.parametrize("overlay", OVERLAYS)
def test_an_overlay_has_no_errors(overlay: str, fleet: Path) -> None:
    name = overlay.partition("\n")[0].removeprefix("# ")
    (fleet / name).write_text(overlay)
    environment = name.split("/")[1]
    assert run(["check", environment, "--today", "2026-11-26", "--kubeconform", "never", "--fail-on", "error"]) == 0
