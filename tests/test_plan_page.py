"""The page on plans may not lie: each change on it is applied to the example fleet, and the plan is what it shows."""

from __future__ import annotations

import os
import re
import shlex
import shutil
from pathlib import Path

import pytest

import repositories
from fleets import ROOT
from pggitops.cli import run
from repositories import Repository, git

FILE = ROOT / "docs" / "plan.md"
BLOCK = re.compile(r"^```(diff|console)\n(.*?)^```$", re.DOTALL | re.MULTILINE)


def transcripts() -> dict[str, dict[str, str]]:
    """The blocks under each heading of the third level, by their language."""
    sections = FILE.read_text().split("\n### ")[1:]
    return {each.partition("\n")[0]: dict(BLOCK.findall(each)) for each in sections}


TRANSCRIPTS = transcripts()
STARTS = {"Bump the operator": ("bases/fleet.yaml", "operator: {version: 3.0.0}", "operator: {version: 2.9.0}")}
"""What the example fleet is like before the change, where that is not how it is."""
COMMIT = "4f1c2ab90"
DAY = "2026-11-26"


@pytest.fixture(scope="module")
def fleet(tmp_path_factory: pytest.TempPathFactory) -> Repository:
    """The example fleet as a repository with one commit."""
    root = tmp_path_factory.mktemp("fleet")
    for folder in ("environments", "rendered"):
        shutil.copytree(ROOT / folder, root / folder)
    shutil.copy(ROOT / ".gitattributes", root)
    git(root, "init", "--quiet", "--initial-branch", "main")
    made = Repository(root)
    made.commit()
    return made


def test_there_are_the_twelve_and_more() -> None:
    assert len(TRANSCRIPTS) >= 12
    assert all(each.keys() == {"diff", "console"} for each in TRANSCRIPTS.values())
    assert STARTS.keys() <= TRANSCRIPTS.keys()


@pytest.mark.parametrize("title", TRANSCRIPTS)
def test_a_plan_is_what_the_page_shows(
    title: str,
    fleet: Repository,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    repository = repositories.copied(fleet.root, tmp_path / "fleet")
    if title in STARTS:
        repository.edit(*STARTS[title])
        repository.save()
    (tmp_path / "change.diff").write_text(TRANSCRIPTS[title]["diff"])
    git(repository.root, "apply", "--whitespace=error", str(tmp_path / "change.diff"))
    monkeypatch.chdir(repository.root)
    command = TRANSCRIPTS[title]["console"].partition("\n")[0]
    run([*shlex.split(command.removeprefix("$ pggitops ")), "--today", DAY])
    told = f"{command}\n" + re.sub(r"(?<=\()[0-9a-f]{7,40}(?=\))", COMMIT, capsys.readouterr().out)
    if os.environ.get("PGGITOPS_GOLDEN") == "write":
        before, heading, after = FILE.read_text().partition(f"\n### {title}\n")
        old = f"```console\n{transcripts()[title]['console']}```"
        FILE.write_text(before + heading + after.replace(old, f"```console\n{told}```", 1))
    assert told == transcripts()[title]["console"], "`make golden` refreshes docs/plan.md: look at the diff"
