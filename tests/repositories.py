"""Git repositories with a fleet in them, made for one test and changed commit by commit with real git."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pggitops import cli
from pggitops.errors import CannotGoOn
from pggitops.pipeline import Settings
from pggitops.plan.opening import rendered_anyway

BASE = """\
apiVersion: pggitops/v1
kind: Base
operator: {version: 3.0.0}
target: {name: eu1}
delivery: {engine: argocd, repository: https://git.example/fleet.git, revision: main, project: databases}
defaults:
  instances: {replicas: 3, cpu: 1, memory: 4Gi, storage: 10Gi}
  postgres: {version: 18, parameters: {max_connections: 100}}
"""
ENVIRONMENT = """\
apiVersion: pggitops/v1
kind: Environment
bases: [fleet]
namespace: NAME-db
"""
CLUSTER = """\
owner: team-a
users:
  app: {databases: [app]}
backups:
  repos:
    repo1: {volume: {storage: 20Gi}}
"""
_QUIET = {
    "GIT_CONFIG_GLOBAL": "/dev/null",
    "GIT_CONFIG_SYSTEM": "/dev/null",
    "GIT_AUTHOR_NAME": "A",
    "GIT_AUTHOR_EMAIL": "a@example.com",
    "GIT_COMMITTER_NAME": "A",
    "GIT_COMMITTER_EMAIL": "a@example.com",
}


def git(folder: Path, *arguments: str) -> str:
    command = ["git", "-c", "protocol.file.allow=always", "-C", str(folder), *arguments]
    done = subprocess.run(command, capture_output=True, text=True, env={**os.environ, **_QUIET}, check=False)
    assert not done.returncode, (arguments, done.stderr)
    return done.stdout.strip()


@dataclass
class Repository:
    root: Path

    def write(self, files: Mapping[str, str | None]) -> None:
        """Write files below environments/; None removes one."""
        for name, text in files.items():
            file = self.root / "environments" / name
            if text is None:
                file.unlink()
                if not any(file.parent.iterdir()):
                    file.parent.rmdir()
            else:
                file.parent.mkdir(parents=True, exist_ok=True)
                file.write_text(text)

    def edit(self, name: str, old: str, new: str) -> None:
        file = self.root / "environments" / name
        text = file.read_text()
        assert old in text
        file.write_text(text.replace(old, new))

    def render(self) -> None:
        """Write rendered/ whatever the policies say."""
        rendered_anyway(Settings(self.root))

    def commit(self, message: str = "more") -> str:
        git(self.root, "add", "--all")
        git(self.root, "commit", "--quiet", "--allow-empty", "-m", message)
        return git(self.root, "rev-parse", "HEAD")

    def save(self, message: str = "more") -> str:
        """Render and commit."""
        self.render()
        return self.commit(message)


def new(root: Path, *names: str, clusters: tuple[str, ...] = ("main",)) -> Repository:
    """A repository with environments of these names, rendered and committed on the branch `main`."""
    repository = Repository(root)
    root.mkdir(parents=True, exist_ok=True)
    git(root, "init", "--quiet", "--initial-branch", "main")
    (root / ".gitattributes").write_text("/rendered/** -text -eol\n")
    repository.write({"bases/fleet.yaml": BASE})
    for name in names:
        repository.write({f"{name}/environment.yaml": ENVIRONMENT.replace("NAME", name)})
        repository.write({f"{name}/clusters/{cluster}.yaml": CLUSTER for cluster in clusters})
    repository.save("first")
    return repository


def copied(there: Path, here: Path) -> Repository:
    shutil.copytree(there, here, symlinks=True)
    return Repository(here)


def plan(capsys: Any, root: Path, *arguments: str) -> tuple[int, dict[str, Any]]:
    """The exit code and the plan as JSON."""
    capsys.readouterr()
    code = cli.run(["plan", *arguments, "--format", "json", "--root", str(root)])
    return code, json.loads(capsys.readouterr().out)


def refused(root: Path, *arguments: str, before: str = "") -> tuple[str, str]:
    """What the tool says when it cannot go on, and what to do."""
    try:
        code = cli.run(["plan", "--root", str(root), *([before] if before else []), *arguments])
    except CannotGoOn as error:
        return str(error), error.fix
    raise AssertionError(f"it went on, with {code}")


def changed(found: dict[str, Any]) -> dict[str, list[str]]:
    """The changes of a plan by whom they concern: `kind Kind/name path`."""
    said: dict[str, list[str]] = {}
    for cluster in found["clusters"]:
        name = "/".join(filter(None, (cluster["environment"], cluster["cluster"])))
        for effect in cluster["effects"]:
            for change in effect["changes"]:
                path = ".".join(map(str, change["path"]))
                text = f"{change['kind']} {change['object']['kind']}/{change['object']['name']} {path}".rstrip()
                if text not in said.setdefault(name, []):
                    said[name].append(text)
    return {name: sorted(lines) for name, lines in said.items()}


def findings(found: dict[str, Any]) -> list[tuple[str, str, str]]:
    return [(one["policy"], one["severity"], one["file"]) for one in found["findings"]]
