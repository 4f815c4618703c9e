"""docs/ci.md may not lie: its files are valid, what they name exists, its commands run, its tables say the defaults."""

from __future__ import annotations

import os
import re
import subprocess
from pathlib import Path
from typing import Any

import pytest
import yaml

import pggitops
from pggitops.output import FORMATS
from test_ci import ROOT, VENV, checked, gitlab, origins, outdate

__all__ = ["origins"]

PAGE = (ROOT / "docs" / "ci.md").read_text()
FILES = [(match[1], match[0]) for match in re.finditer(r"(?<=```yaml\n)# (\S+)\n.*?(?=```)", PAGE, re.DOTALL)]
ACTION = yaml.safe_load((ROOT / "action.yml").read_text())
WORKFLOW = yaml.safe_load((ROOT / ".github" / "workflows" / "pggitops.yml").read_text())
CALL = WORKFLOW.get("on", WORKFLOW.get(True))["workflow_call"]
PLANNING = yaml.safe_load((ROOT / ".github" / "workflows" / "pggitops-plan.yml").read_text())
JOBS = yaml.safe_load((ROOT / "ci" / "gitlab.yml").read_text())
JOB = JOBS["pggitops"]


def snippets(name: str) -> list[str]:
    found = [text for path, text in FILES if path == name]
    assert found
    return found


def table(head: str) -> dict[str, tuple[str, str]]:
    """The rows of the table whose first column is headed so, by their first cell: second and third cell."""
    (rows,) = re.findall(rf"^\| {head} \|.*\n\|[-|]+\n((?:\|.*\n)+)", PAGE, re.MULTILINE)
    cells = [[cell.strip() for cell in line.strip("|\n").split(" | ")] for line in rows.splitlines()]
    return {row[0].strip("`| "): (row[1], row[-1].strip("| ")) for row in cells}


@pytest.mark.parametrize(("path", "text"), FILES, ids=[f"{path}-{number}" for number, (path, _) in enumerate(FILES)])
def test_the_files_are_valid(path: str, text: str, tmp_path: Path) -> None:
    file = tmp_path / Path(path).name
    file.write_text(text)
    if path != ".pre-commit-config.yaml":
        checked(file, path)
        return
    done = subprocess.run(
        [VENV / "bin" / "pre-commit", "validate-config", file], cwd=tmp_path, capture_output=True, text=True
    )
    assert (done.returncode, done.stdout) == (0, ""), done.stdout


def test_what_the_workflows_name_exists() -> None:
    used = []
    for text in snippets(".github/workflows/databases.yml"):
        for job in yaml.safe_load(text)["jobs"].values():
            for step in (job, *job.get("steps", ())):
                used.append((step.get("uses", "").partition("@")[0], step.get("with", {}).keys()))
    names = dict(used)
    assert names["acme/pggitops"] <= ACTION["inputs"].keys()
    assert names["acme/pggitops/.github/workflows/pggitops.yml"] <= CALL["inputs"].keys()
    planning = PLANNING.get("on", PLANNING.get(True))["workflow_call"]["inputs"]
    assert names["acme/pggitops/.github/workflows/pggitops-plan.yml"] <= planning.keys()
    assert set(re.findall(r"steps\.pggitops\.outputs\.([\w-]+)", PAGE)) == {"sarif"} <= ACTION["outputs"].keys()


def test_pins_of_the_workflows_are_ours() -> None:
    ours = "".join(file.read_text() for file in (ROOT / ".github" / "workflows").iterdir())
    foreign = re.findall(r"uses: ((?!acme/).+)", PAGE)
    assert foreign
    assert all(line in ours for line in foreign)


# what stands for nothing given
EMPTY = {"environments": "all", "baseline": "none"}


def test_the_tables_say_the_inputs() -> None:
    said = table("input")
    assert said.keys() == ACTION["inputs"].keys()
    for name, (default, _) in said.items():
        assert default == EMPTY.get(name, f"`{ACTION['inputs'][name]['default']}`")
    (outputs,) = re.findall(r"Its outputs, also where it fails: (.*?)\.\n", PAGE, re.DOTALL)
    assert set(re.findall(r"`([\w-]+)`", outputs)) == ACTION["outputs"].keys()
    (more,) = re.findall(r"It takes the inputs of the action except (.*?)\. ", PAGE)
    extra = CALL["inputs"].keys() ^ ACTION["inputs"].keys()
    assert set(re.findall(r"`([\w-]+)`", more)) == extra


def test_the_tables_say_the_variables_and_formats() -> None:
    said = table("variable")
    every = {**JOBS["pggitops-plan"]["variables"], **JOB["variables"]}
    ours = {name: value for name, value in every.items() if name.startswith("PGGITOPS_")}
    assert said.keys() == ours.keys()
    for name, (default, _) in said.items():
        assert default == EMPTY.get(name.removeprefix("PGGITOPS_").lower(), f"`{ours[name]}`")
    assert table("format").keys() == FORMATS.keys()


def test_the_file_for_gitlab_includes_ours(origins: dict[str, Path], tmp_path: Path) -> None:
    (text,) = snippets(".gitlab-ci.yml")
    written: dict[str, Any] = yaml.safe_load(text)
    (include,) = written["include"]
    assert (ROOT / include["file"].lstrip("/")).is_file()
    changed = written["pggitops"]["variables"]
    assert changed.keys() <= JOB["variables"].keys()
    subprocess.run(["git", "clone", "--quiet", origins["gitlab"], tmp_path / "workspace"], check=True)
    done = gitlab(JOB, tmp_path / "workspace", **changed)
    assert done.returncode == 0, done.stdout + done.stderr


def test_the_hooks_exist() -> None:
    (text,) = snippets(".pre-commit-config.yaml")
    (repository,) = yaml.safe_load(text)["repos"]
    ours = [hook["id"] for hook in yaml.safe_load((ROOT / ".pre-commit-hooks.yaml").read_text())]
    assert [hook["id"] for hook in repository["hooks"]] == ours


def test_the_commands_run(origins: dict[str, Path], tmp_path: Path) -> None:
    (script,) = re.findall(r"```sh\n(.*?)```", PAGE, re.DOTALL)
    subprocess.run(["git", "clone", "--quiet", origins["github"], tmp_path / "workspace"], check=True)
    job = {
        "script": script.splitlines(),
        "variables": {"PATH": f"{VENV / 'bin'}:{ROOT / '.tools' / 'bin'}:{os.environ['PATH']}"},
    }
    done = gitlab(job, tmp_path / "workspace")
    assert done.returncode == 0, done.stdout + done.stderr
    assert (tmp_path / "workspace" / "pggitops.xml").is_file()
    outdate(tmp_path / "workspace")
    assert gitlab(job, tmp_path / "workspace").returncode == 1


def test_the_version_is_this_one() -> None:
    versions = re.findall(r"(?:pggitops==|@v|ref: v|rev: v)(\d+\.\d+\.\d+)", PAGE)
    assert len(versions) > 5
    assert set(versions) == {pggitops.__version__}
