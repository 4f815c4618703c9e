"""The README may not lie: its example is run, its commands exist."""

from __future__ import annotations

import re
import shutil
from pathlib import Path

import pytest

from pggitops.cli import COMMANDS, run

ROOT = Path(__file__).parent.parent
README = (ROOT / "README.md").read_text()


def block(language: str) -> str:
    found = re.findall(rf"```{language}\n(.*?)```", README, re.DOTALL)
    assert len(found) == 1, f"the README has one {language} block"
    return str(found[0])


def test_the_broken_overlay_says_what_the_readme_says(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    shutil.copytree(ROOT / "environments", tmp_path / "environments")
    overlay = tmp_path / "environments" / "shop" / "environment.yaml"
    overlay.parent.mkdir()
    overlay.write_text(block("yaml"))
    monkeypatch.chdir(tmp_path)
    assert run(["check", "shop"]) == 1
    took = re.compile(r"\(\d+\.\d s\)$", re.MULTILINE)
    assert took.sub("", capsys.readouterr().out) == took.sub("", block("text"))


def test_the_table_lists_every_command() -> None:
    assert re.findall(r"^\| `([a-z]+)` \|", README, re.MULTILINE) == list(COMMANDS)


def test_the_make_targets_exist() -> None:
    makefile = (ROOT / "Makefile").read_text()
    for target in re.findall(r"^    make ([a-z]+)", README, re.MULTILINE):
        assert re.search(rf"^{target}:", makefile, re.MULTILINE)


@pytest.mark.parametrize(
    "page", [ROOT / "README.md", *sorted((ROOT / "docs").rglob("*.md"))], ids=lambda page: page.name
)
def test_links_lead_somewhere(page: Path) -> None:
    for link in re.findall(r"\]\((?!https?:)([^)#]+)(?:#[^)]*)?\)", page.read_text()):
        assert (page.parent / link).exists(), link


def test_the_page_on_templates_lists_what_may_be_used() -> None:
    from pggitops.sandbox import expressions

    page = (ROOT / "docs" / "templates.md").read_text()
    (filters,) = re.findall(r"- Filters: (.*?)\.\n", page, re.DOTALL)
    (methods,) = re.findall(r"- Methods of texts: (.*?)\.\n", page, re.DOTALL)
    assert set(re.findall(r"`(\w+)`", filters)) == expressions._FILTERS
    assert set(re.findall(r"`(\w+)`", methods)) == expressions._METHODS[str]
