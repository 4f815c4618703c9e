"""The action and the hooks as users get them: installed from a commit of this repository, with what they depend on."""

from __future__ import annotations

import os
import re
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest
import yaml

from runner import run_action
from test_ci import OVERLAY, ROOT, VENV, a_job, git, origins, outdate, spoil

__all__ = ["origins"]


@pytest.fixture(scope="module")
def released(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """This repository's files as they are now, as one commit of a repository of its own."""
    folder = tmp_path_factory.mktemp("released")
    names = git(ROOT, "ls-files", "--cached", "--others", "--exclude-standard", "-z").split("\0")
    for name in filter(None, names):
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes((ROOT / name).read_bytes())
    git(folder, "init", "--quiet", "--initial-branch=main")
    git(folder, "add", ".")
    git(folder, "commit", "--quiet", "--message=release")
    return folder


def test_the_action_installs_itself(origins: dict[str, Path], released: Path, tmp_path: Path) -> None:
    job = a_job(origins["github"], tmp_path)
    job.skipped = ()
    job.environment = dict(os.environ)
    job.actions = {**job.actions, "actions/cache": lambda given: {}, "actions/setup-go": lambda given: {}}
    for module in ("venv", "pip", "json"):
        (job.workspace / f"{module}.py").write_text("raise SystemExit('imported')")
    outputs = run_action(job, released, {})
    assert job.failed == 0, job.log
    assert outputs["exit-code"] == "0"
    assert (job.temp / "pggitops" / "bin" / "kubeconform").is_file()
    python = job.temp / "pggitops" / "venv" / "bin" / "python"
    where = subprocess.run(
        [python, "-c", "import pggitops; print(pggitops.__file__)"], cwd=tmp_path, capture_output=True, text=True
    )
    assert where.stdout.startswith(str(job.temp))


@pytest.fixture(scope="module")
def installed_hooks(released: Path, tmp_path_factory: pytest.TempPathFactory) -> tuple[str, Path]:
    """What a repository writes into .pre-commit-config.yaml, and the folder that pre-commit installs into."""
    revision = git(released, "rev-parse", "HEAD").strip()
    hooks = "[{id: pggitops-check}, {id: pggitops-render}]"
    return f"repos:\n- repo: {released}\n  rev: {revision}\n  hooks: {hooks}\n", tmp_path_factory.mktemp("hooks")


@pytest.fixture
def workspace(origins: dict[str, Path], installed_hooks: tuple[str, Path], tmp_path: Path) -> Path:
    git(tmp_path, "clone", "--quiet", str(origins["github"]), "workspace")
    (tmp_path / "workspace" / ".pre-commit-config.yaml").write_text(installed_hooks[0])
    git(tmp_path / "workspace", "add", ".")
    git(tmp_path / "workspace", "commit", "--quiet", "--message=hooks")
    return tmp_path / "workspace"


Hooks = Callable[[Path], tuple[bool, str]]


@pytest.fixture
def hooks(installed_hooks: tuple[str, Path]) -> Hooks:
    """Runs the hooks on what is staged; whether they let it pass, and what they say."""

    def run(workspace: Path) -> tuple[bool, str]:
        environment = {**os.environ, "PRE_COMMIT_HOME": str(installed_hooks[1])}
        command = [VENV / "bin" / "pre-commit", "run", "--color=never"]
        done = subprocess.run(command, cwd=workspace, env=environment, capture_output=True, text=True, timeout=300)
        return done.returncode == 0, done.stdout + done.stderr

    return run


def test_the_hooks_look_at_nothing_else(workspace: Path, hooks: Hooks) -> None:
    (workspace / "README.md").write_text("read\n")
    git(workspace, "add", ".")
    passed, said = hooks(workspace)
    assert passed, said
    assert said.count("(no files to check)Skipped") == 2


def test_the_hooks_say_what_is_wrong(workspace: Path, hooks: Hooks) -> None:
    spoil(workspace)
    git(workspace, "add", ".")
    passed, said = hooks(workspace)
    assert not passed
    assert f"{OVERLAY}:10:29: error schema-unknown-key" in said


def test_what_the_hook_renders_is_added_and_passes(workspace: Path, hooks: Hooks) -> None:
    outdate(workspace)
    git(workspace, "add", ".")
    passed, said = hooks(workspace)
    assert not passed
    assert "files were modified by this hook" in said
    git(workspace, "add", "rendered")
    assert hooks(workspace)[0]


def test_a_file_that_git_does_not_know_yet_fails_too(workspace: Path, hooks: Hooks) -> None:
    """To pre-commit itself it is no modification."""
    new = workspace / "environments" / "stage" / "environment.yaml"
    new.parent.mkdir()
    new.write_text((workspace / OVERLAY).read_text().replace("databases-dev", "databases-stage"))
    git(workspace, "add", ".")
    passed, said = hooks(workspace)
    assert not passed
    assert "files were modified by this hook" not in said
    git(workspace, "add", "rendered")
    assert hooks(workspace)[0]


def test_what_was_written_by_hand_is_written_anew(workspace: Path, hooks: Hooks) -> None:
    by_hand = workspace / "rendered" / "dev" / "namespace.yaml"
    text = by_hand.read_text()
    by_hand.write_text(f"{text}# by hand\n")
    git(workspace, "add", ".")
    assert not hooks(workspace)[0]
    assert by_hand.read_text() == text


@pytest.mark.parametrize("folder", ["environments", "crds", "policies", "schemas", "templates", "db/environments"])
def test_the_hooks_look_at(folder: str) -> None:
    for hook in yaml.safe_load((ROOT / ".pre-commit-hooks.yaml").read_text()):
        assert re.search(hook["files"], f"{folder}/x.yaml")
        assert not re.search(hook["files"], f"my{folder}.yaml")
