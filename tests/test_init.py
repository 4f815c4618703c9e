"""`pggitops init`: what it writes is a beginning that says what is missing, and renders once that is filled in."""

from __future__ import annotations

import hashlib
import itertools
import json
import re
import subprocess
from collections.abc import Iterable
from pathlib import Path

import pytest

from pggitops.cli import run
from pggitops.errors import CannotGoOn

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
PLATFORM_TEAM = "REPLACE-the-platform-team-as-@organisation/team"
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
    owners = [finding for finding in findings if finding["file"] == ".github/CODEOWNERS"]
    assert [finding["fix"] for finding in owners] == ["Write the platform team as @organisation/team."]
    assert len(findings) == text.count("REPLACE-") + len(owners)
    for finding in findings:
        line = (here / finding["file"]).read_text().splitlines()[finding["line"] - 1]
        assert line[finding["column"] - 1 :].startswith(("REPLACE-", "https://REPLACE-"))

    for path in (here / "environments").rglob("*.yaml"):
        path.write_text(re.sub(r"REPLACE-[A-Za-z-]+", lambda match: FILLED[match[0]], path.read_text()))
    assert run(["render", "--fail-on", "error"]) == 0
    assert run(["render", "--check"]) == 0
    _moves_by_one_word(here, engine)
    resource = (here / "rendered" / "dev" / "app" / "perconapgcluster-app.yaml").read_text()
    assert ("openshift: true" in resource) == (platform == "openshift")

    production = here / "environments" / "prod" / "environment.yaml"
    production.parent.mkdir()
    dev = (here / "environments" / "dev" / "environment.yaml").read_text()
    text = dev.replace("development, target", "production, target").replace("databases-dev", "databases")
    production.write_text(text.replace("    pgbouncer:", "    instances: {storage: 100Gi}\n    pgbouncer:"))
    assert run(["render"]) == 0
    assert run(["render", "--check"]) == 0


def _moves_by_one_word(here: Path, engine: str) -> None:
    """Argo CD or Flux, each in its own namespace, whichever was chosen first."""
    fleet = here / "environments" / "bases" / "fleet.yaml"
    others = {"argocd": ("flux", "flux-system"), "flux": ("argocd", "argocd")}
    if engine in others:
        text, (other, namespace) = fleet.read_text(), others[engine]
        fleet.write_text(text.replace(f"engine: {engine}", f"engine: {other}"))
        assert run(["render", "--prune", "--fail-on", "error"]) == 0
        (rendered,) = here.glob(f"rendered/{other}/*/environments/dev/*-db-dev-app.yaml")
        assert f"  namespace: {namespace}\n" in rendered.read_text()
        fleet.write_text(text)
        assert run(["render", "--prune", "--fail-on", "error"]) == 0


@pytest.mark.parametrize("ci", ["github", "gitlab", "none"])
def test_in_a_subfolder_of_a_repository_it_says_what_has_to_move(
    ci: str, here: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (here / ".git").mkdir()
    assert run(["init", "--ci", ci, "--root", "platform/2027"]) == 0
    said = capsys.readouterr().out
    moved = {
        "github": [".github/CODEOWNERS", ".github/workflows/pggitops.yml"],
        "gitlab": [".gitlab/CODEOWNERS", ".gitlab-ci.yml"],
        "none": ["CODEOWNERS"],
    }
    note = said.partition("\nA forge reads")[2].partition("\n\n")[0]
    assert [line.split()[0] for line in note.splitlines()[1:]] == moved[ci]
    assert "/platform/2027 before each path" in note
    assert ("--root platform/2027 behind each `pggitops render` and `pggitops plan`" in note) == (ci != "none")
    assert "  path: platform/2027\n" in (here / "platform/2027/environments/bases/fleet.yaml").read_text()
    assert run(["init", "--engine", "none", "--root", "2027"]) == 0
    assert "path" not in (here / "2027/environments/bases/fleet.yaml").read_text()
    capsys.readouterr()
    assert run(["init", "--root", "2028"]) == 0
    assert '  path: "2028"\n' in (here / "2028/environments/bases/fleet.yaml").read_text()


def test_at_the_top_of_a_repository_nothing_has_to_move(here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (here / ".git").write_text("gitdir: elsewhere")
    assert run(["init"]) == 0
    assert "A forge reads" not in capsys.readouterr().out
    assert "path:" not in (here / "environments/bases/fleet.yaml").read_text()


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
    out = capsys.readouterr().out
    assert "left  (yours differs) .gitattributes\n        it has no line: *.yaml text eol=lf\n" in out
    assert "it has no line: /rendered/** -text linguist-generated=true gitlab-generated\n" in out
    assert foreign.read_text() == "mine\n"
    assert not (here / ".github").exists()


def test_lines_that_are_there_are_not_missed(here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["init"]) == 0
    assert "it has no line" not in capsys.readouterr().out
    for name in (".gitattributes", ".github/CODEOWNERS"):
        text = re.sub(r"REPLACE-\S+", "@acme/dba", (here / name).read_text())
        (here / name).write_text("# ours\n" + re.sub(r".* -text linguist.*\n|/policies/.*\n|", "", text))
    assert run(["init"]) == 0
    missed = [line.strip() for line in capsys.readouterr().out.splitlines() if "it has no line" in line]
    assert missed == [
        "it has no line: /rendered/** -text linguist-generated=true gitlab-generated",
        "it has no line: /policies/ REPLACE-the-platform-team-as-@organisation/team",
    ]


AGAIN = [
    ["--engine", "none", "--ci", "gitlab", "--platform", "gke"],
    ["--engine", "flux", "--ci", "none"],
    ["--platform", "openshift"],
]


@pytest.mark.parametrize("first", AGAIN, ids=" ".join)
def test_what_was_chosen_once_is_the_default(first: list[str], here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["init", *first]) == 0
    said, before = capsys.readouterr().out, tree(here)
    assert run(["init"]) == 0
    assert capsys.readouterr().out == said.replace("wrote ", "kept  ")
    assert tree(here) == before


def test_a_file_where_a_folder_should_be(here: Path) -> None:
    (here / "environments").write_text("")
    with pytest.raises(CannotGoOn, match="environments is no folder"):
        run(["init"])
    (here / "environments").unlink()
    (here / ".gitattributes").mkdir()
    with pytest.raises(CannotGoOn, match=r"\.gitattributes is a folder"):
        run(["init"])


@pytest.mark.parametrize("place", [".github/CODEOWNERS", "CODEOWNERS", "docs/CODEOWNERS"])
def test_code_owners_that_are_there_are_not_displaced(place: str, here: Path) -> None:
    path = here / place
    path.parent.mkdir(exist_ok=True)
    path.write_text("* @mine\n")
    assert run(["init"]) == 0
    assert path.read_text() == "* @mine\n"
    assert list(here.rglob("CODEOWNERS")) == [path]


OWNED = {
    "environments/prod/environment.yaml": "platform",
    "environments/prod/clusters/orders.yaml": "platform",
    "environments/prod/clusters/payments.yaml": "payments",
    "environments/prod/manifests/any.yaml": "platform",
    "environments/bases/payments.yaml": "platform",
    "crds/2.9.0.yaml": "platform",
    "schemas/kinds/custom/a/b.json": "platform",
    "rendered/prod/namespace.yaml": "",
    "README.md": "",
}


@pytest.mark.parametrize(
    ("ci", "place", "guarded"),
    [
        ("github", ".github/CODEOWNERS", [".github/workflows/pggitops.yml", ".github/CODEOWNERS"]),
        ("gitlab", ".gitlab/CODEOWNERS", [".gitlab-ci.yml", ".gitlab/CODEOWNERS"]),
        ("none", "CODEOWNERS", ["CODEOWNERS"]),
    ],
)
def test_who_owns_what(ci: str, place: str, guarded: list[str], here: Path) -> None:
    """A team's line, also one that is too wide, takes over no base and no environment.yaml."""
    assert run(["init", "--ci", ci]) == 0
    path = here / place
    text = path.read_text().replace(PLATFORM_TEAM, "@organisation/platform")
    text, uncommented = re.subn(
        r"# (/environments/.* @organisation/payments)\n",
        r"\1\n/environments/pay*/ @x/payments\n/environments/**/pay* @x/payments\n",
        text,
    )
    assert uncommented == 1
    owned = {**OWNED, "environments/pay-dev/environment.yaml": "platform", **dict.fromkeys(guarded, "platform")}
    assert owners(text, owned, here) == owned


def owners(text: str, files: Iterable[str], folder: Path) -> dict[str, str]:
    """Each file's owner by a CODEOWNERS file; git is asked line by line, since the last that fits decides."""
    subprocess.run(["git", "init", "--quiet"], cwd=folder, check=True)
    found = dict.fromkeys(files, "")
    for line in text.splitlines():
        pattern, _, owner = line.partition(" ")
        if not pattern or pattern == "#":
            continue
        (folder / "pattern").write_text(pattern)
        command = ["git", "-c", "core.excludesFile=pattern", "check-ignore", "--no-index", "--stdin"]
        fitting = subprocess.run(command, cwd=folder, input="\n".join(found), capture_output=True, text=True)
        found |= dict.fromkeys(fitting.stdout.splitlines(), owner.rpartition("/")[2])
    return found


def test_owners_left_to_be_named_are_warned_of(here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["init"]) == 0
    path = here / ".github" / "CODEOWNERS"
    warning = ".github/CODEOWNERS:2:35: warning placeholder-left"
    capsys.readouterr()
    run(["render", "--check"])
    assert capsys.readouterr().out.count(warning) == 1
    path.write_text(path.read_text().replace(PLATFORM_TEAM, "@organisation/platform"))
    run(["check"])
    assert "CODEOWNERS" not in capsys.readouterr().out


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
    with pytest.raises(CannotGoOn, match=r"takes no file, and crd\.yaml is one"):
        run(["schema", "write", "crd.yaml"])
    (here / "schemas" / "cluster.schema.json").write_bytes(b"\xff")
    assert run(["schema"]) == 0
    run(["check"])
    assert "schema-stale" not in capsys.readouterr().out
