"""docs/pull-requests.md shows a change of the example fleet, and what a reviewer is told of it, byte for byte."""

from __future__ import annotations

import os
import re
import shutil
from pathlib import Path

import pytest

from fleets import ROOT
from pggitops import cli
from repositories import Repository, git

PAGE = ROOT / "docs" / "pull-requests.md"
BLOCK = r"(?<=<!-- {0}: written by a test -->\n\n).*?(?=\n<!-- end of {0} -->)"


@pytest.fixture
def fleet(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Repository:
    """The example fleet as a repository of one commit."""
    for name in ("environments", "rendered"):
        shutil.copytree(ROOT / name, tmp_path / name)
    shutil.copy(ROOT / ".gitattributes", tmp_path)
    git(tmp_path, "init", "--quiet", "--initial-branch", "main")
    monkeypatch.chdir(tmp_path)
    fleet = Repository(tmp_path)
    fleet.commit("what is applied")
    return fleet


def change(fleet: Repository) -> None:
    """More connections for payments and its standby, more memory for each query in staging."""
    fleet.edit("prod-eu/clusters/payments.yaml", "max_connections: 400", "max_connections: 500")
    fleet.edit("prod-us/clusters/payments-standby.yaml", "max_connections: 400", "max_connections: 500")
    fleet.edit("staging/environment.yaml", "shared_buffers: 1GB}", "shared_buffers: 1GB, work_mem: 8MB}")
    assert cli.run(["render", "--today", "2026-11-26"]) == 0


def shown(what: str) -> str:
    (found,) = re.findall(BLOCK.format(what), PAGE.read_text(), re.DOTALL)
    return str(found)


def compared(what: str, text: str) -> None:
    if os.environ.get("PGGITOPS_GOLDEN") == "write":
        PAGE.write_text(re.sub(BLOCK.format(what), lambda _: text, PAGE.read_text(), flags=re.DOTALL))
    assert shown(what) == text, f"{PAGE.name} is not what is said; `make golden` refreshes it: look at the diff"


def test_what_a_reviewer_sees(fleet: Repository, capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    change(fleet)
    difference = git(tmp_path, "diff", "--unified=0", "--no-color", "--", "environments")
    lines = [line for line in difference.splitlines() if not line.startswith(("diff ", "index ", "--- ", "@@"))]
    compared("the change", "```diff\n" + "\n".join(line.removeprefix("+++ b/") for line in lines) + "\n```\n")
    fleet.commit("more connections for payments")
    arguments = ["plan", "HEAD^", "--steps", "--today", "2026-11-26", "--fail-on", "critical", "--format", "markdown"]
    capsys.readouterr()
    assert cli.run(arguments) == 0
    # another commit id whenever something is rendered otherwise
    said = re.sub(r"&#40;[0-9a-f]{9}&#41;", "&#40;5f2c81d07&#41;", capsys.readouterr().out)
    compared("the plan", said)


def test_what_it_says_of_failing_holds(fleet: Repository, capsys: pytest.CaptureFixture[str]) -> None:
    change(fleet)
    command = ["plan", "HEAD", "--today", "2026-11-26", "--fail-on", "medium"]
    assert cli.run(command) == 1
    (accepted,) = re.findall(r"```yaml\n(.*?)```", PAGE.read_text(), re.DOTALL)
    for environment, cluster in (("prod-eu", "payments"), ("prod-us", "payments-standby")):
        file = fleet.root / "environments" / environment / "environment.yaml"
        file.write_text(file.read_text() + accepted.replace("CLUSTER", cluster))
        capsys.readouterr()
        assert cli.run(command) == (environment == "prod-eu")
        assert "accepted: restart-for-connections" in capsys.readouterr().out


def test_what_it_says_of_what_disappears_holds(fleet: Repository, capsys: pytest.CaptureFixture[str]) -> None:
    fleet.write({"prod-eu/clusters/orders.yaml": None})
    assert cli.run(["plan", "HEAD", "--today", "2026-11-26"]) == 1
    assert "removed" in capsys.readouterr().out
