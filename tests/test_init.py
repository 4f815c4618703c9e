"""`pggitops init`: what it writes is a beginning that says what is missing, and renders once that is filled in."""

from __future__ import annotations

import hashlib
import itertools
import json
import re
from pathlib import Path

import pytest

from pggitops.cli import run

FILLED = {
    "REPLACE-the-address-of-this-repository": "git.acme.example/databases.git",
    "REPLACE-the-name-by-which-the-GitOps-engine-knows-the-cluster": "east",
    "REPLACE-the-name-of-the-storage-class": "fast",
    "REPLACE-the-team-that-owns-the-database": "team-shop",
    "REPLACE-the-namespace-of-the-application": "shop",
    "REPLACE-the-bucket-for-backups": "acme-pg",
    "REPLACE-the-container-for-backups": "acme-pg",
    "REPLACE-the-region-of-the-bucket": "eu-central-1",
}
CHOICES = list(itertools.product(["gke", "eks", "aks", "openshift", "other"], ["argocd", "flux", "none"]))


def tree(folder: Path) -> dict[str, str]:
    return {
        path.relative_to(folder).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


@pytest.fixture(autouse=True)
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.mark.parametrize(("platform", "engine"), CHOICES)
def test_from_nothing_to_manifests(platform: str, engine: str, here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["init", "--platform", platform, "--engine", engine]) == 0
    capsys.readouterr()
    assert run(["check", "--format", "json"]) == 1
    findings = json.loads(capsys.readouterr().out)["findings"]
    assert {finding["policy"] for finding in findings} == {"placeholder-left"}
    used = ["bases/fleet", "bases/development", "bases/target", "dev/environment"]
    text = "".join((here / "environments" / f"{name}.yaml").read_text() for name in used)
    assert len(findings) == text.count("REPLACE-")
    for finding in findings:
        line = (here / finding["file"]).read_text().splitlines()[finding["line"] - 1]
        assert line[finding["column"] - 1 :].startswith(("REPLACE-", "https://REPLACE-"))

    for path in (here / "environments").rglob("*.yaml"):
        path.write_text(re.sub(r"REPLACE-[A-Za-z-]+", lambda match: FILLED[match[0]], path.read_text()))
    assert run(["render", "--fail-on", "error"]) == 0
    assert run(["render", "--check"]) == 0
    resource = (here / "rendered" / "dev" / "app" / "perconapgcluster-app.yaml").read_text()
    assert ("openshift: true" in resource) == (platform == "openshift")

    production = here / "environments" / "prod" / "environment.yaml"
    production.parent.mkdir()
    dev = (here / "environments" / "dev" / "environment.yaml").read_text()
    text = dev.replace("development, target", "production, target").replace("databases-dev", "databases")
    production.write_text(text.replace("    pgbouncer:", "    instances: {storage: 100Gi}\n    pgbouncer:"))
    assert run(["render"]) == 0
    assert run(["render", "--check"]) == 0


def test_twice_changes_nothing(here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["init"]) == 0
    before = tree(here)
    capsys.readouterr()
    assert run(["init"]) == 0
    out = capsys.readouterr().out
    assert "wrote" not in out
    assert out.count("kept ") == len(before)
    assert tree(here) == before


def test_what_is_there_stays(here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    foreign = here / ".gitattributes"
    foreign.write_text("mine\n")
    assert run(["init", "--ci", "none"]) == 0
    assert "left  (yours differs) .gitattributes" in capsys.readouterr().out
    assert foreign.read_text() == "mine\n"
    assert not (here / ".github").exists()


def test_the_workflow_pins_its_actions(here: Path) -> None:
    assert run(["init", "--ci", "github"]) == 0
    text = (here / ".github" / "workflows" / "pggitops.yml").read_text()
    assert re.findall(r"uses: (\S+)", text)
    assert all(re.fullmatch(r"[\w/-]+@[0-9a-f]{40}", action) for action in re.findall(r"uses: (\S+)", text))
    assert "permissions: {}" in text


def test_editor_schemas_that_are_old_are_said(here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["init"]) == 0
    schema = here / "schemas" / "base.schema.json"
    schema.write_text(schema.read_text() + "\n")
    capsys.readouterr()
    run(["check"])
    assert "schemas/base.schema.json:1:1: warning schema-stale" in capsys.readouterr().out
    assert run(["schema"]) == 0
    run(["check"])
    assert "schema-stale" not in capsys.readouterr().out
