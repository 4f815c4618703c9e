"""`pggitops plan` between real commits, folders and files: which sides it compares, and what it says of bad ones."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml

import repositories
from pggitops import cli
from pggitops import fleet as running
from repositories import CLUSTER, ENVIRONMENT, Repository, changed, findings, git, plan, refused

Capture = pytest.CaptureFixture[str]

PARAMETER = "spec.patroni.dynamicConfiguration.postgresql.parameters.max_connections"
GONE = "owner: a\nreason: b\ndata: kept\nbackups: kept\ndate: 2026-12-01\n"
REMOVED = f"apiVersion: pggitops/v1\nkind: Removed\n{GONE}"
STONE = "{owner: a, reason: b, data: kept, backups: deleted, date: 2026-12-01}"


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return repositories.new(tmp_path_factory.mktemp("made") / "fleet", "one", "two").root


@pytest.fixture
def fleet(made: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Repository:
    for name in ("DIFF_BASE_SHA", "TARGET_BRANCH_NAME", "TARGET_BRANCH_SHA"):
        monkeypatch.delenv(f"CI_MERGE_REQUEST_{name}", raising=False)
    monkeypatch.delenv("GITHUB_BASE_REF", raising=False)
    return repositories.copied(made, tmp_path / "fleet")


def raise_connections(fleet: Repository, name: str = "one", to: int = 200) -> None:
    text = f"\npostgres: {{parameters: {{max_connections: {to}}}}}\n"
    fleet.write({f"{name}/clusters/main.yaml": CLUSTER + text})


RAISED = {"one/main": [f"changed PerconaPGCluster/main {PARAMETER}"]}


def test_nothing_differs(fleet: Repository, capsys: Capture) -> None:
    code, found = plan(capsys, fleet.root, "HEAD")
    assert (code, found["clusters"], found["findings"], found["summary"]["unchanged"]) == (0, [], [], 2)


def test_the_line_that_somebody_wrote(fleet: Repository, capsys: Capture) -> None:
    raise_connections(fleet)
    code, found = plan(capsys, fleet.root, "HEAD")
    assert (code, changed(found)) == (0, RAISED)
    effect = found["clusters"][0]["effects"][0]
    assert (effect["file"], effect["line"]) == ("environments/one/clusters/main.yaml", 8)
    assert (effect["changes"][0]["old"], effect["changes"][0]["new"]) == (100, 200)
    assert found["summary"]["unchanged"] == 1


def test_nothing_is_touched(fleet: Repository, capsys: Capture) -> None:
    raise_connections(fleet)
    before = {path: path.stat().st_mtime_ns for path in fleet.root.rglob("*") if ".git/objects" not in str(path)}
    plan(capsys, fleet.root, "HEAD")
    plan(capsys, fleet.root, "HEAD..HEAD")
    assert before == {
        path: path.stat().st_mtime_ns for path in fleet.root.rglob("*") if ".git/objects" not in str(path)
    }


def test_a_base_edited_for_all_is_one_group(fleet: Repository, capsys: Capture) -> None:
    fleet.edit("bases/fleet.yaml", "max_connections: 100", "max_connections: 300")
    _code, found = plan(capsys, fleet.root, "HEAD")
    assert set(changed(found)) == {"one/main", "two/main"}
    assert {one["effects"][0]["file"] for one in found["clusters"]} == {"environments/bases/fleet.yaml"}
    cli.run(["plan", "HEAD", "--root", str(fleet.root)])
    text = capsys.readouterr().out
    assert text.count("max_connections: 100 → 300") == 1
    assert "one/main, two/main" in text


def test_each_place_is_that_of_its_own_environment(fleet: Repository, capsys: Capture) -> None:
    raise_connections(fleet)
    patch = "patch: {spec: {patroni: {dynamicConfiguration: {postgresql: {parameters: {max_connections: 300}}}}}}\n"
    fleet.write({"two/clusters/main.yaml": CLUSTER + patch})
    fleet.save()
    fleet.edit("one/clusters/main.yaml", "200", "201")
    fleet.edit("two/clusters/main.yaml", "300", "301")
    found = plan(capsys, fleet.root, "HEAD")[1]
    places = {one["environment"]: (one["effects"][0]["file"], one["effects"][0]["line"]) for one in found["clusters"]}
    assert places == {
        "one": ("environments/one/clusters/main.yaml", 8),
        "two": ("environments/two/clusters/main.yaml", 7),
    }


@pytest.mark.parametrize("names", [["one"], ["environments/one"], ["o*"]])
def test_environments_can_be_named(fleet: Repository, names: list[str], capsys: Capture) -> None:
    fleet.edit("bases/fleet.yaml", "max_connections: 100", "max_connections: 300")
    assert set(changed(plan(capsys, fleet.root, "HEAD", *names)[1])) == {"one/main"}


def test_many_environments_are_planned_in_processes(
    fleet: Repository, monkeypatch: pytest.MonkeyPatch, capsys: Capture
) -> None:
    fleet.edit("bases/fleet.yaml", "max_connections: 100", "max_connections: 300")
    fleet.write({"one/clusters/other.yaml": CLUSTER, "two/clusters/main.yaml": None, "two/environment.yaml": None})
    alone = plan(capsys, fleet.root, "HEAD")
    monkeypatch.setattr(running, "WORKERS_FROM", 1)
    monkeypatch.setattr(os, "cpu_count", lambda: 2)
    assert plan(capsys, fleet.root, "HEAD") == alone
    assert "added PerconaPGCluster/other" in changed(alone[1])["one/other"]


def test_a_cluster_that_goes_to_another_environment(fleet: Repository, capsys: Capture) -> None:
    fleet.write({"two/clusters/moved.yaml": CLUSTER})
    fleet.save()
    fleet.write({"two/clusters/moved.yaml": None, "one/clusters/moved.yaml": CLUSTER})
    code, found = plan(capsys, fleet.root, "HEAD")
    assert (code, findings(found)) == (1, [("tombstone-missing", "error", "environments/two/environment.yaml")])
    assert any("PerconaPGCluster/moved" in line for line in changed(found)["one/moved"])


def test_two_revisions(fleet: Repository, capsys: Capture) -> None:
    raise_connections(fleet)
    fleet.save()
    raise_connections(fleet, to=300)
    for words in ("HEAD~1..HEAD", "HEAD~1..", "main~1...main"):
        code, found = plan(capsys, fleet.root, words)
        assert (code, changed(found)) == (0, RAISED), words
        assert found["clusters"][0]["effects"][0]["file"] == "environments/one/clusters/main.yaml"
        assert found["clusters"][0]["effects"][0]["changes"][0]["new"] == 200, "the working tree is not asked"


def test_a_head_that_was_not_rendered_is_told_of(fleet: Repository, capsys: Capture) -> None:
    raise_connections(fleet)
    fleet.commit()
    _code, found = plan(capsys, fleet.root, "HEAD~1..HEAD")
    assert (found["clusters"], found["notes"]) == (
        [],
        ["what is in environments/ differs and rendered/ does not: run `pggitops render`"],
    )


def test_an_edit_by_hand_is_a_change_that_goes_away(fleet: Repository, capsys: Capture) -> None:
    file = fleet.root / "rendered/one/main/perconapgcluster-main.yaml"
    file.write_text(file.read_text().replace("max_connections: 100", "max_connections: 50"))
    fleet.commit()
    _code, found = plan(capsys, fleet.root, "HEAD")
    change = found["clusters"][0]["effects"][0]["changes"][0]
    assert (change["old"], change["new"]) == (50, 100)


def test_line_ends_of_windows_in_the_base_are_no_change(fleet: Repository, capsys: Capture) -> None:
    file = fleet.root / "rendered/one/main/perconapgcluster-main.yaml"
    file.write_bytes(file.read_bytes().replace(b"\n", b"\r\n"))
    fleet.commit()
    code, found = plan(capsys, fleet.root, "HEAD")
    assert (code, found["clusters"], found["findings"]) == (0, [], [])


def test_overlays_checked_out_with_line_ends_of_windows_change_nothing_of_the_base(
    fleet: Repository, capsys: Capture
) -> None:
    git(fleet.root, "config", "core.autocrlf", "true")
    raise_connections(fleet)
    fleet.save()
    (fleet.root / "environments/one/clusters/main.yaml").unlink()
    git(fleet.root, "checkout", "--quiet", ".")
    _code, found = plan(capsys, fleet.root, "HEAD~1..HEAD")
    assert changed(found) == RAISED


def test_what_does_not_parse_in_the_base_is_neither_new_nor_unchanged(fleet: Repository, capsys: Capture) -> None:
    file = fleet.root / "rendered/one/main/perconapgcluster-main.yaml"
    file.write_text("a: [\n")
    fleet.commit()
    code, found = plan(capsys, fleet.root, "HEAD")
    assert (code, changed(found)) == (1, {})
    assert findings(found) == [("plan-unreadable", "error", "rendered/one/main/perconapgcluster-main.yaml")]


def test_a_file_that_is_nobodys_stays(fleet: Repository, capsys: Capture) -> None:
    (fleet.root / "rendered/one/extra.yaml").write_text("apiVersion: v1\nkind: ConfigMap\nmetadata: {name: extra}\n")
    fleet.commit()
    assert changed(plan(capsys, fleet.root, "HEAD")[1]) == {}
    (fleet.root / "rendered/one/extra.yaml").unlink()
    assert changed(plan(capsys, fleet.root, "HEAD")[1]) == {"one": ["removed ConfigMap/extra"]}


def test_a_base_without_rendered_is_built(fleet: Repository, capsys: Capture) -> None:
    shutil.rmtree(fleet.root / "rendered")
    fleet.commit()
    raise_connections(fleet)
    code, found = plan(capsys, fleet.root, "HEAD")
    assert (code, changed(found)) == (0, RAISED)
    assert "was built from its overlays" in found["notes"][0]


def test_a_base_that_cannot_be_built_is_planned_as_far_as_it_can(fleet: Repository, capsys: Capture) -> None:
    shutil.rmtree(fleet.root / "rendered")
    fleet.edit("two/clusters/main.yaml", "owner", "ownre")
    fleet.commit()
    raise_connections(fleet)
    fleet.edit("two/clusters/main.yaml", "ownre", "owner")
    code, found = plan(capsys, fleet.root, "HEAD")
    assert (code, findings(found)) == (1, [("plan-incomplete", "error", "environments/two/environment.yaml")])
    assert "two/main" not in changed(found)
    assert changed(found)["one/main"] == RAISED["one/main"]


def test_a_base_whose_overlay_is_broken_beside_its_rendered(fleet: Repository, capsys: Capture) -> None:
    fleet.edit("one/clusters/main.yaml", "owner", "ownre")
    fleet.commit()
    raise_connections(fleet)
    fleet.edit("one/clusters/main.yaml", "users:\n  app: {databases: [app]}\n", "")
    _code, found = plan(capsys, fleet.root, "HEAD")
    assert f"changed PerconaPGCluster/main {PARAMETER}" in changed(found)["one/main"]
    assert ("plan-base-broken", "info", "environments/one/clusters/main.yaml") in findings(found)


def test_an_environment_that_cannot_be_rendered_is_not_gone(fleet: Repository, capsys: Capture) -> None:
    fleet.edit("one/clusters/main.yaml", "owner", "ownre")
    raise_connections(fleet, "two")
    code, found = plan(capsys, fleet.root, "HEAD")
    assert (code, set(changed(found))) == (1, {"two/main"})
    assert ("plan-incomplete", "error", "environments/one/environment.yaml") in findings(found)


def test_the_first_commit_of_a_fleet_is_all_new(fleet: Repository, capsys: Capture) -> None:
    git(fleet.root, "checkout", "--quiet", "--orphan", "empty")
    git(fleet.root, "rm", "-r", "--quiet", "--cached", ".")
    git(fleet.root, "commit", "--quiet", "--allow-empty", "-m", "empty")
    _code, found = plan(capsys, fleet.root, "HEAD")
    assert "neither rendered/ nor environments/" in found["notes"][0]
    assert "added PerconaPGCluster/main" in changed(found)["one/main"]


# ---- where a plan begins ----


@pytest.fixture
def clone(fleet: Repository, tmp_path: Path) -> Repository:
    git(tmp_path, "clone", "--quiet", f"file://{fleet.root}", "clone")
    clone = Repository(tmp_path / "clone")
    git(clone.root, "checkout", "--quiet", "-b", "feature")
    raise_connections(clone)
    clone.save("feature")
    raise_connections(fleet, "two", 900)
    fleet.save("meanwhile")
    git(clone.root, "fetch", "--quiet")
    return clone


def test_the_default_base_is_where_the_branch_began(clone: Repository, capsys: Capture) -> None:
    code, found = plan(capsys, clone.root)
    assert (code, changed(found)) == (0, RAISED)
    assert found["base"].startswith("the merge base with origin/main (")


@pytest.mark.parametrize("variable", ["GITHUB_BASE_REF", "CI_MERGE_REQUEST_TARGET_BRANCH_NAME"])
def test_the_branch_that_ci_names(
    clone: Repository, variable: str, monkeypatch: pytest.MonkeyPatch, capsys: Capture
) -> None:
    git(clone.root, "remote", "set-head", "origin", "--delete")
    git(clone.root, "push", "--quiet", "origin", "origin/main:refs/heads/release")
    monkeypatch.setenv(variable, "release")
    _code, found = plan(capsys, clone.root)
    assert changed(found) == RAISED
    assert found["base"].startswith("the merge base with origin/release (")


def test_the_commit_that_gitlab_names(clone: Repository, monkeypatch: pytest.MonkeyPatch, capsys: Capture) -> None:
    monkeypatch.setenv("CI_MERGE_REQUEST_DIFF_BASE_SHA", git(clone.root, "rev-parse", "HEAD~1"))
    assert changed(plan(capsys, clone.root)[1]) == RAISED
    monkeypatch.setenv("CI_MERGE_REQUEST_DIFF_BASE_SHA", "0" * 40)
    said, fix = refused(clone.root)
    assert "is not in this clone" in said
    assert f"git fetch --depth=1 origin {'0' * 40}" in fix


def test_what_gitlab_has_merged_begins_where_it_was_merged_into(
    clone: Repository, monkeypatch: pytest.MonkeyPatch, capsys: Capture
) -> None:
    monkeypatch.setenv("CI_MERGE_REQUEST_DIFF_BASE_SHA", git(clone.root, "rev-parse", "HEAD~1"))
    monkeypatch.setenv("CI_MERGE_REQUEST_TARGET_BRANCH_SHA", git(clone.root, "rev-parse", "origin/main"))
    git(clone.root, "merge", "--quiet", "--no-edit", "origin/main")
    assert changed(plan(capsys, clone.root)[1]) == RAISED


def test_a_detached_head(clone: Repository, capsys: Capture) -> None:
    git(clone.root, "checkout", "--quiet", "--detach")
    assert changed(plan(capsys, clone.root)[1]) == RAISED


def test_a_merge_commit_as_github_checks_it_out(clone: Repository, tmp_path: Path, capsys: Capture) -> None:
    git(clone.root, "merge", "--quiet", "--no-edit", "origin/main")
    git(clone.root, "push", "--quiet", "origin", "HEAD:refs/heads/merged")
    git(tmp_path, "clone", "--quiet", "--depth=2", "--branch", "merged", f"file://{tmp_path / 'fleet'}", "shallow")
    shallow = Repository(tmp_path / "shallow")
    assert changed(plan(capsys, shallow.root, "HEAD^2..HEAD")[1]) == RAISED
    said, _fix = refused(shallow.root, "main")
    assert "shallow" in said
    git(shallow.root, "fetch", "--quiet", "--depth=2", "origin", "+refs/heads/main:refs/remotes/origin/main")
    assert changed(plan(capsys, shallow.root)[1]) == RAISED


def test_a_shallow_clone_is_told_what_to_fetch(
    clone: Repository, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    git(clone.root, "push", "--quiet", "origin", "feature")
    git(tmp_path, "clone", "--quiet", "--depth=1", "--branch", "feature", f"file://{tmp_path / 'fleet'}", "shallow")
    monkeypatch.setenv("GITHUB_BASE_REF", "main")
    root = tmp_path / "shallow"
    said, fix = refused(root, "HEAD^")
    assert (said.endswith("whose history is shallow"), "`git fetch --deepen=1`" in fix) == (True, True)
    said, fix = refused(root)
    assert said == 'the branch "main" is not in this clone, whose history is shallow'
    assert "`git fetch --unshallow origin +refs/heads/main:refs/remotes/origin/main`" in fix
    assert "fetch-depth: 0" in fix
    assert "GIT_DEPTH: 0" in fix
    git(root, "fetch", "--quiet", "--depth=1", "origin", "+refs/heads/main:refs/remotes/origin/main")
    assert "history of this clone is shallow" in refused(root)[0]
    git(root, "fetch", "--quiet", "--unshallow", "origin", "+refs/heads/main:refs/remotes/origin/main")
    assert cli.run(["plan", "--root", str(root)]) == 0


def test_a_fleet_in_a_folder_of_a_repository(tmp_path: Path, capsys: Capture) -> None:
    git(tmp_path, "init", "--quiet", "--initial-branch", "main")
    inner = repositories.new(tmp_path / "elsewhere", "one")
    shutil.rmtree(inner.root / ".git")
    shutil.move(inner.root, tmp_path / "databases")
    fleet = Repository(tmp_path / "databases")
    fleet.commit()
    raise_connections(fleet)
    assert changed(plan(capsys, fleet.root, "HEAD")[1]) == RAISED


# ---- what cannot be planned ----


def test_revisions_that_are_not_there(fleet: Repository) -> None:
    said, _fix = refused(fleet.root, "mian")
    assert said == 'there is no revision "mian" (did you mean "main"?)'
    assert refused(fleet.root, "HEAD..nothing")[0] == 'there is no revision "nothing"'
    assert refused(fleet.root, "-x^{tree}", before="--")[0] == 'there is no revision "-x^{tree}"'
    assert refused(fleet.root)[0] == "there is no remote, so no default branch to compare with"
    git(fleet.root, "remote", "add", "origin", "https://git.example/fleet.git")
    assert "`git fetch origin 'a$(touch x)'` if" in refused(fleet.root, "a$(touch x)")[1], "it is pasted into a shell"


def test_no_environment_of_that_name(fleet: Repository) -> None:
    assert 'there is no environment "oen" (did you mean "one"?)' in refused(fleet.root, "HEAD", "oen")[0]


def test_a_name_that_is_a_branch_and_an_environment(fleet: Repository, capsys: Capture) -> None:
    git(fleet.root, "branch", "one")
    said, fix = refused(fleet.root, "one")
    assert said == '"one" is a revision and an environment'
    assert "environments/one" in fix


def test_no_commit_yet(fleet: Repository, tmp_path: Path) -> None:
    shutil.rmtree(fleet.root / ".git")
    git(fleet.root, "init", "--quiet")
    for words in ((), ("HEAD",), ("HEAD..HEAD",)):
        assert refused(fleet.root, *words)[0] == "there is no commit yet, so nothing to compare with"


def test_no_repository(fleet: Repository) -> None:
    shutil.rmtree(fleet.root / ".git")
    said, fix = refused(fleet.root, "HEAD")
    assert "is in no git repository" in said
    assert "--from DIR --to DIR" in fix


def test_a_bare_repository(fleet: Repository, tmp_path: Path) -> None:
    git(tmp_path, "clone", "--quiet", "--bare", str(fleet.root), "bare.git")
    said, fix = refused(tmp_path / "bare.git")
    assert "bare repository" in said
    assert "git worktree add" in fix


def test_no_git(fleet: Repository, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    assert refused(fleet.root, "HEAD") == (
        "git is not installed",
        "Install it, or compare two folders instead: `pggitops plan --from DIR --to DIR`.",
    )


def test_histories_without_anything_in_common(clone: Repository) -> None:
    git(clone.root, "checkout", "--quiet", "--orphan", "other")
    git(clone.root, "commit", "--quiet", "-m", "other")
    assert "have no history in common" in refused(clone.root)[0]


def test_wrong_words(fleet: Repository) -> None:
    assert '--fail-on knows no "hihg" (did you mean "high"?)' in refused(fleet.root, "--fail-on", "hihg")[0]
    assert "--from needs --to" in refused(fleet.root, "--from", "x")[0]


# ---- what disappears ----


def test_what_disappears_has_to_be_declared(fleet: Repository, capsys: Capture) -> None:
    fleet.write({"one/clusters/main.yaml": CLUSTER.replace("repo1", "repo2").replace("app: {", "web: {")})
    code, found = plan(capsys, fleet.root, "HEAD")
    missing = {one["path"] for one in found["findings"] if one["policy"] == "tombstone-missing"}
    assert (code, missing) == (1, {"clusters.main.backups.repos.repo1", "clusters.main.users.app"})
    declared = "".join(f"  {path}: {STONE}\n" for path in sorted(missing))
    fleet.write({"one/environment.yaml": ENVIRONMENT.replace("NAME", "one") + f"removed:\n{declared}"})
    code, found = plan(capsys, fleet.root, "HEAD")
    assert (code, findings(found)) == (0, [])


def test_a_tombstone_that_says_what_is_not_so(fleet: Repository, capsys: Capture) -> None:
    fleet.write({"one/clusters/main.yaml": CLUSTER.replace("repo1", "repo2")})
    stone = STONE.replace("deleted", "kept")
    text = ENVIRONMENT.replace("NAME", "one") + f"removed:\n  clusters.main.backups.repos.repo1: {stone}\n"
    fleet.write({"one/environment.yaml": text})
    assert findings(plan(capsys, fleet.root, "HEAD")[1]) == [
        ("tombstone-untrue", "error", "environments/one/environment.yaml")
    ]


def test_a_tombstone_of_the_cluster_is_enough_for_what_it_has(tmp_path: Path, capsys: Capture) -> None:
    fleet = repositories.new(tmp_path / "fleet", "one", clusters=("main", "other"))
    fleet.write({"one/clusters/other.yaml": None})
    code, found = plan(capsys, fleet.root, "HEAD")
    assert [one["path"] for one in found["findings"]] == ["clusters.other"]
    text = ENVIRONMENT.replace("NAME", "one") + f"removed:\n  clusters.other: {STONE}\n"
    fleet.write({"one/environment.yaml": text})
    assert plan(capsys, fleet.root, "HEAD")[0] == 0
    fleet.save()
    code, found = plan(capsys, fleet.root, "HEAD")
    assert (code, findings(found)) == (0, [("tombstone-unused", "info", "environments/one/environment.yaml")])


def test_an_environment_that_is_gone(fleet: Repository, capsys: Capture) -> None:
    fleet.write({"two/clusters/main.yaml": None, "two/environment.yaml": None})
    code, found = plan(capsys, fleet.root, "HEAD")
    assert (code, findings(found)) == (1, [("tombstone-missing", "error", "environments/two/environment.yaml")])
    assert "removed PerconaPGCluster/main" in changed(found)["two/main"]
    fleet.write({"two/environment.yaml": REMOVED})
    code, found = plan(capsys, fleet.root, "HEAD")
    assert (code, findings(found), found["summary"]["unchanged"]) == (0, [], 1)
    fleet.save()
    code, found = plan(capsys, fleet.root, "HEAD~1..HEAD")
    assert (code, findings(found), found["summary"]["unchanged"]) == (0, [], 1)
    assert plan(capsys, fleet.root, "HEAD")[1]["summary"]["unchanged"] == 1, "what is gone is no environment any more"


ENGINES = {
    "Argo CD": "engine: argocd",
    "Argo CD, pruning": "engine: argocd, prune: true",
    "Flux": "engine: flux",
    "Flux, pruning": "engine: flux, prune: true",
}


@pytest.mark.parametrize("engine", ENGINES.values(), ids=ENGINES)
def test_a_declared_removal_that_deletes_nothing_is_not_critical(engine: str, tmp_path: Path, capsys: Capture) -> None:
    fleet = repositories.new(tmp_path / "fleet", "one", "two")
    fleet.edit("bases/fleet.yaml", "engine: argocd", engine)
    fleet.save()
    fleet.write({"two/clusters/main.yaml": None, "two/environment.yaml": REMOVED})
    code, found = plan(capsys, fleet.root, "HEAD", "--fail-on", "critical")
    rules = {effect["rule"] for one in found["clusters"] for effect in one["effects"]}
    assert (code, findings(found)) == (0, []), rules
    assert "operator-left" in rules


def test_what_is_accepted_of_a_removal(tmp_path: Path, capsys: Capture) -> None:
    fleet = repositories.new(tmp_path / "fleet", "one", "two")
    delivery = "{engine: argocd, repository: https://git.example/fleet.git, revision: main, project: databases}"
    fleet.edit("bases/fleet.yaml", delivery, "{engine: none}")
    fleet.save()
    fleet.write({"two/clusters/main.yaml": None, "two/environment.yaml": REMOVED})
    assert plan(capsys, fleet.root, "HEAD", "--fail-on", "critical")[0] == 1, "nobody knows what is pruned"
    effects = ("operator-removed", "cluster-removed", "namespace-removed", "nothing-like-it")
    accept = "".join(f"  {one}: {{effect: {one}, reason: b, owner: a, expires: 2026-12-31}}\n" for one in effects)
    fleet.write({"two/environment.yaml": f"{REMOVED}accept:\n{accept}"})
    fleet.save()
    unused = ("accept-unused", "warning", "environments/two/environment.yaml")
    for words in ("HEAD~1", "HEAD~1..HEAD"):
        code, found = plan(capsys, fleet.root, words, "--fail-on", "critical", "--today", "2026-12-31")
        assert (code, findings(found)) == (0, [unused])
    code, found = plan(capsys, fleet.root, "HEAD~1", "--fail-on", "critical", "--today", "2027-01-01")
    assert (code, {one["policy"] for one in found["findings"]}) == (1, {"accept-expired"})
    assert findings(plan(capsys, fleet.root, "HEAD", "--today", "2026-12-31")[1]) == [unused] * 4, "it is done"


def test_an_environment_whose_folder_was_renamed(fleet: Repository, capsys: Capture) -> None:
    (fleet.root / "environments/two").rename(fleet.root / "environments/second")
    code, found = plan(capsys, fleet.root, "HEAD")
    assert found["summary"]["unchanged"] == 1
    assert (code, findings(found)) == (1, [("tombstone-missing", "error", "environments/two/environment.yaml")])
    kinds = {
        line.split()[1].partition("/")[0] for lines in changed(found).values() for line in lines if "." not in line
    }
    assert "PerconaPGCluster" not in kinds, "it keeps its namespace and its target"
    assert "Application" in kinds


def test_what_moves_along_is_told_in_the_same_order_by_every_run(fleet: Repository, capsys: Capture) -> None:
    (fleet.root / "environments/two").rename(fleet.root / "environments/second")
    found = plan(capsys, fleet.root, "HEAD")[1]
    moved = [effect["changes"] for one in found["clusters"] for effect in one["effects"] if "main" in one["cluster"]]
    files = [[change["file"] for change in changes] for changes in moved]
    assert max(map(len, files)) > 4
    assert files == [sorted(each) for each in files]


TWO = ENVIRONMENT.replace("NAME", "two")
US = "apiVersion: pggitops/v1\nkind: Base\ntarget: {name: us1}\n"


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ({}, {"two/environment.yaml": TWO + "target: {name: us1}\n"}),
        ({}, {"two/environment.yaml": TWO + "target: {name: us1}\nlabels: {a: b}\n"}),
        ({"bases/us.yaml": US}, {"two/environment.yaml": TWO.replace("[fleet]", "[fleet, us]")}),
        (
            {"bases/us.yaml": US.replace("us1", "eu1"), "two/environment.yaml": TWO.replace("[fleet]", "[fleet, us]")},
            {"bases/us.yaml": US},
        ),
    ],
)
def test_an_environment_that_went_to_another_target(
    fleet: Repository, capsys: Capture, before: dict[str, str], after: dict[str, str]
) -> None:
    """Its files are alike, and what they are applied to is another API server."""
    fleet.write(before)
    fleet.save()
    fleet.write(after)
    lines = changed(plan(capsys, fleet.root, "HEAD")[1])["two/main"]
    assert {"removed PerconaPGCluster/main", "added PerconaPGCluster/main"} <= set(lines)


def test_a_repository_does_not_move_along_with_its_environment(fleet: Repository, capsys: Capture) -> None:
    """Its path is called after the environment: what surrounded the cluster before is known, wherever it was."""
    store = CLUSTER.replace("volume: {storage: 20Gi}", "s3: {bucket: acme-pg, region: eu-central-1}")
    fleet.write({"two/clusters/main.yaml": store})
    fleet.save()
    (fleet.root / "environments/two").rename(fleet.root / "environments/second")
    found = plan(capsys, fleet.root, "HEAD")[1]
    (moved,) = [one for one in found["clusters"] if (one["environment"], one["cluster"]) == ("second", "main")]
    assert ("repo-path-changed", "critical") in {(one["rule"], one["risk"]) for one in moved["effects"]}


# ---- what is accepted ----


def accepting(fleet: Repository, words: str) -> None:
    text = ENVIRONMENT.replace("NAME", "one") + f"accept:\n  agreed: {{{words}, reason: a, owner: b}}\n"
    fleet.write({"one/environment.yaml": text})


def test_an_accepted_effect_stops_nothing(fleet: Repository, capsys: Capture) -> None:
    raise_connections(fleet)
    code, found = plan(capsys, fleet.root, "HEAD", "--fail-on", "low")
    effect = found["clusters"][0]["effects"][0]
    assert (code, effect["accepted"]) == (1, "")
    for name in (effect["effect"], effect["rule"]):
        accepting(fleet, f"effect: {name}, cluster: main, expires: 2027-01-31")
        code, found = plan(capsys, fleet.root, "HEAD", "--fail-on", "low", "--today", "2027-01-31")
        assert (code, findings(found)) == (0, [])
        assert found["clusters"][0]["effects"][0]["accepted"] == "agreed"


@pytest.mark.parametrize(
    ("words", "policy"),
    [
        ("effect: EFFECT, expires: 2026-01-31", "accept-expired"),
        ("effect: data-loss, expires: 2027-01-31", "accept-unused"),
        ("effect: EFFECT, cluster: other, expires: 2027-01-31", "accept-unused"),
    ],
)
def test_an_acceptance_that_does_not_hold(fleet: Repository, words: str, policy: str, capsys: Capture) -> None:
    fleet.write({"one/clusters/other.yaml": CLUSTER})
    fleet.save()
    raise_connections(fleet)
    effect = plan(capsys, fleet.root, "HEAD")[1]["clusters"][0]["effects"][0]["effect"]
    accepting(fleet, words.replace("EFFECT", effect))
    code, found = plan(capsys, fleet.root, "HEAD", "--fail-on", effect, "--today", "2026-11-26")
    assert (code, findings(found)) == (1, [(policy, "warning", "environments/one/environment.yaml")])


# ---- folders ----


def test_folders_that_are_rendered_by_us(fleet: Repository, tmp_path: Path, capsys: Capture) -> None:
    shutil.copytree(fleet.root / "rendered", tmp_path / "before")
    raise_connections(fleet)
    fleet.render()
    code, found = plan(capsys, fleet.root, "--from", str(tmp_path / "before"), "--to", str(fleet.root / "rendered"))
    assert (code, changed(found)) == (0, RAISED)
    assert found["summary"]["unchanged"] == 1


def stands(found: dict[str, Any], words: str) -> set[str]:
    """Where the effects stand, as files with a line: what that line says has these words in it."""
    files = set()
    for cluster in found["clusters"]:
        for effect in cluster["effects"]:
            assert words in Path(effect["file"]).read_text().splitlines()[effect["line"] - 1], effect
            assert effect["file"] == effect["changes"][0]["file"]
            files.add(effect["file"])
    return files


def test_what_folders_hold_is_placed_in_them(
    fleet: Repository, tmp_path: Path, capsys: Capture, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    shutil.copytree(fleet.root / "rendered", tmp_path / "a")
    shutil.copytree(fleet.root / "rendered", tmp_path / "b")
    file = Path("b/one/main/perconapgcluster-main.yaml")
    file.write_text(file.read_text().replace("max_connections: 100", "max_connections: 200"))
    for own in (True, False):
        if not own:
            for sums in [*Path().glob("?/**/SHA256SUMS")]:
                sums.unlink()
        _, found = plan(capsys, Path(), "--from", "a", "--to", "b")
        assert stands(found, "max_connections: 200") == {str(file)}
        assert stands(plan(capsys, Path(), "--from", "b", "--to", "a")[1], "max_connections: 100") == {
            str(file).replace("b/", "a/")
        }
        for name in ("x.yaml", "one/x.yaml"):
            Path("b", name).write_text("a:\n\t- b\n")
            code, found = plan(capsys, Path(), "--from", "a", "--to", "b")
            said = [(one["policy"], one["file"], one["line"]) for one in found["findings"]]
            assert (code, said) == (1, [("plan-unreadable", f"b/{name}", 2)])
            assert found["summary"]["unchanged"] == (1 if own else 2), "environments, or namespaces with Argo CD's"
            Path("b", name).unlink()
    assert cli.run(["plan", "--from", "a", "--to", "b", "--root", str(fleet.root), "--format", "github"]) == 0
    assert f"file={file},line=" in capsys.readouterr().out


def test_nothing_is_declared_in_folders(fleet: Repository, tmp_path: Path, capsys: Capture) -> None:
    shutil.copytree(fleet.root / "rendered", tmp_path / "new")
    shutil.rmtree(tmp_path / "new" / "two")
    code, found = plan(capsys, fleet.root, "--from", str(fleet.root / "rendered"), "--to", str(tmp_path / "new"))
    assert (code, findings(found)) == (0, [])
    assert "removed PerconaPGCluster/main" in changed(found)["two/main"]


def test_a_file_beside_all_outputs_is_no_environment(fleet: Repository, capsys: Capture) -> None:
    (fleet.root / "rendered" / "x.yaml").write_text(CONFIG)
    fleet.commit()
    code, found = plan(capsys, fleet.root, "HEAD")
    assert (code, found["clusters"], found["findings"], found["summary"]["unchanged"]) == (0, [], [], 2)


def foreign(folder: Path, **files: str) -> str:
    folder.mkdir()
    for name, text in files.items():
        (folder / f"{name}.yaml").write_text(text)
    return str(folder)


def test_a_foreign_object_is_placed_in_its_document(tmp_path: Path, fleet: Repository, capsys: Capture) -> None:
    other = CONFIG.replace("name: a", "name: b")
    forms = {
        "documents": f"{other}---\n# mine\n{CONFIG}",
        "list": "apiVersion: v1\nkind: List\nitems:\n"
        + "".join("- " + text.strip().replace("\n", "\n  ") + "\n" for text in (other, CONFIG)),
        "windows": f"{other}---\n{CONFIG}".replace("\n", "\r\n"),
    }
    for name, text in forms.items():
        changed_text = text[::-1].replace("EULAV", "ENIM", 1)[::-1]
        old, new = foreign(tmp_path / f"{name}-old", all=text), foreign(tmp_path / f"{name}-new", all=changed_text)
        assert stands(plan(capsys, fleet.root, "--from", old, "--to", new)[1], "MINE") == {f"{new}/all.yaml"}


CONFIG = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a, namespace: db}\ndata: {x: 'VALUE'}\n"


def test_what_cannot_be_read_of_anybody_is_not_gone(tmp_path: Path, fleet: Repository, capsys: Capture) -> None:
    other = CONFIG.replace("name: a", "name: b")
    whole = foreign(tmp_path / "whole", a=CONFIG, b=other)
    broken = foreign(tmp_path / "broken", a="a:\n\t- b\n", b=other)
    for words in (("--from", whole, "--to", broken), ("--from", broken, "--to", whole)):
        code, found = plan(capsys, fleet.root, *words)
        assert (code, found["clusters"], findings(found)) == (1, [], [("plan-unreadable", "error", f"{broken}/a.yaml")])


def test_folders_of_anybody(tmp_path: Path, fleet: Repository, capsys: Capture) -> None:
    anchored = CONFIG.replace("{x: 'VALUE'}", "{x: &v '1', z: *v}")
    old = foreign(tmp_path / "old", a=CONFIG.replace("VALUE", "1"), other="# nothing\n")
    new = foreign(
        tmp_path / "new", moved=f"apiVersion: v1\nkind: List\nitems:\n- {json.dumps(yaml.safe_load(anchored))}"
    )
    code, found = plan(capsys, fleet.root, "--from", old, "--to", new)
    assert (code, changed(found)) == (0, {"db": ["added ConfigMap/a data.z"]})
    again = foreign(tmp_path / "again", a=anchored)
    assert changed(plan(capsys, fleet.root, "--from", old, "--to", again)[1]) == changed(found)


SAME = {
    "immutable: off": "immutable: false",
    "immutable: y": "immutable: !!bool True",
    "binaryData: {a: !!binary YQ==}": "binaryData: {a: YQ==}",
    "data: {on: '1', 010: '2'}": "data: {'true': '1', '8': '2'}",
    "data: {a: '1', a: '2'}\r": "data: {a: '2'}",
    "data: {a: !old 1:30}": "data: {a: '1:30'}",
}


@pytest.mark.parametrize("text", SAME)
def test_what_means_the_same_to_kubectl_is_unchanged(
    text: str, tmp_path: Path, fleet: Repository, capsys: Capture
) -> None:
    head = CONFIG.rpartition("data:")[0]
    old, new = foreign(tmp_path / "old", a=f"{head}{text}\n"), foreign(tmp_path / "new", a=f"{head}{SAME[text]}\n")
    code, found = plan(capsys, fleet.root, "--from", old, "--to", new)
    assert (code, changed(found), found["summary"]["unchanged"]) == (0, {}, 1)
    other = foreign(tmp_path / "other", a=f"{head}data: {{a: other}}\n")
    assert changed(plan(capsys, fleet.root, "--from", old, "--to", other)[1])


def test_a_foreign_file_whose_aliases_multiply(tmp_path: Path, fleet: Repository, capsys: Capture) -> None:
    rows = [f"  a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 10)}]" for n in range(1, 30)]
    bomb = CONFIG.replace("data: {x: 'VALUE'}", "\n".join(["data:", "  a0: &a0 x", *rows]))
    for line_end in ("\n", "\r\n"):
        old = foreign(tmp_path / f"old{len(line_end)}", a=CONFIG)
        new = foreign(tmp_path / f"new{len(line_end)}", a=CONFIG, b=bomb.replace("\n", line_end))
        code, found = plan(capsys, fleet.root, "--from", old, "--to", new)
        assert (code, [one["policy"] for one in found["findings"]]) == (1, ["plan-unreadable"])


def test_a_foreign_folder_with_duplicates(tmp_path: Path, fleet: Repository, capsys: Capture) -> None:
    old = foreign(tmp_path / "old", a=CONFIG)
    new = foreign(tmp_path / "new", a=CONFIG, b=CONFIG)
    code, found = plan(capsys, fleet.root, "--from", old, "--to", new)
    assert (code, [one["policy"] for one in found["findings"]]) == (1, ["plan-duplicate"])
    assert "new/a.yaml" in found["findings"][0]["message"]


@pytest.mark.parametrize("form", ["text", "json", "markdown", "sarif", "github", "gitlab"])
def test_a_password_among_options_is_not_shown(form: str, tmp_path: Path, fleet: Repository, capsys: Capture) -> None:
    cluster = (
        "apiVersion: pgv2.percona.com/v2\nkind: PerconaPGCluster\nmetadata: {name: a, namespace: db}\n"
        "spec: {crVersion: 3.0.0, postgresVersion: 18, users: [{name: app, options: OPTIONS}]}\n"
    )
    old, new, more = ("LOGIN PASSWORD 'hunter2'", "LOGIN PASSWORD hunter3", "CREATEDB, PASSWORD hunter4")
    sides = [(old, new), (new, more), ("LOGIN", new), (old, "LOGIN")]
    for number, (before, after) in enumerate(sides):
        was = foreign(tmp_path / f"old{number}", a=cluster.replace("OPTIONS", f'"{before}"'))
        now = foreign(tmp_path / f"new{number}", a=cluster.replace("OPTIONS", f'"{after}"'))
        cli.run(["plan", "--root", str(fleet.root), "--from", was, "--to", now, "--format", form])
        said = capsys.readouterr().out
        assert "app" in said
        assert "hunter" not in said


def test_folders_without_anything(tmp_path: Path, fleet: Repository) -> None:
    good, empty = foreign(tmp_path / "good", a=CONFIG), foreign(tmp_path / "empty")
    nothing = foreign(tmp_path / "nothing", a="x: 1\n")
    assert "holds no manifests" in refused(fleet.root, "--from", good, "--to", empty)[0]
    assert "is no folder" in refused(fleet.root, "--from", good, "--to", f"{good}/x")[0]
    assert "holds no Kubernetes objects" in refused(fleet.root, "--from", nothing, "--to", good)[0]


# ---- what runs ----


def live(fleet: Repository, change: Any = lambda document: None, name: str = "one") -> str:
    document = yaml.safe_load((fleet.root / f"rendered/{name}/main/perconapgcluster-main.yaml").read_text())
    document["metadata"] |= {"uid": "1", "resourceVersion": "7", "managedFields": [], "generation": 3}
    document["status"] = {"state": "ready"}
    change(document)
    file = fleet.root / "live.yaml"
    file.write_text(yaml.safe_dump({"apiVersion": "v1", "kind": "List", "items": [document]}))
    return str(file)


def test_what_runs_as_it_is_rendered(fleet: Repository, capsys: Capture) -> None:
    code, found = plan(capsys, fleet.root, "--live", live(fleet))
    assert (code, found["clusters"], found["findings"], found["summary"]["unchanged"]) == (0, [], [], 1)


def test_what_runs_otherwise(fleet: Repository, capsys: Capture) -> None:
    raise_connections(fleet)
    code, found = plan(capsys, fleet.root, "--live", live(fleet))
    assert (code, changed(found)) == (0, RAISED)


def test_what_runs_and_is_nowhere(fleet: Repository, capsys: Capture) -> None:
    said, fix = refused(fleet.root, "--live", live(fleet, lambda one: one["metadata"].update(namespace="elsewhere")))
    assert "no cluster of" in said
    assert "elsewhere" in said
    assert "context" in fix
    _code, found = plan(capsys, fleet.root, "--live", live(fleet, lambda one: one["metadata"].update(name="stray")))
    assert ("plan-stray", "warning") in [one[:2] for one in findings(found)]


def test_what_runs_of_another_api(fleet: Repository, tmp_path: Path) -> None:
    said, fix = refused(fleet.root, "--live", live(fleet, lambda one: one.update(apiVersion="pgv2.percona.com/v1")))
    assert "pgv2.percona.com/v1" in said
    assert "perconapgclusters.v2.pgv2.percona.com" in fix
    for text in ("a: [", "", "kind: List\napiVersion: v1\nitems: []\n", CONFIG):
        (tmp_path / "file").write_text(text)
        assert str(tmp_path / "file") in refused(fleet.root, "--live", str(tmp_path / "file"))[0]
    assert "cannot be read" in refused(fleet.root, "--live", "/nowhere")[0]


def test_no_traceback_reaches_anybody(fleet: Repository) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "pggitops", "plan", "nothing"],
        cwd=fleet.root,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 2
    assert "Traceback" not in done.stderr


# ---- a history ----


def test_a_history_planned_commit_by_commit(tmp_path: Path, capsys: Capture) -> None:
    """Thirty-two commits, merges, a rename and a revert among them: each plan says what its commit has done."""
    fleet = repositories.new(tmp_path / "fleet", "one", "two")
    expected: list[dict[str, list[str]]] = []
    for number in range(24):
        name = "one" if number % 2 else "two"
        raise_connections(fleet, name, 200 + number)
        fleet.save(f"{number}")
        expected.append({f"{name}/main": RAISED["one/main"]})
    for number in range(3):
        git(fleet.root, "checkout", "--quiet", "-b", f"branch{number}")
        raise_connections(fleet, "one", 500 + number)
        fleet.save("on a branch")
        git(fleet.root, "checkout", "--quiet", "main")
        raise_connections(fleet, "two", 500 + number)
        fleet.save("beside it")
        git(fleet.root, "merge", "--quiet", "--no-ff", "--no-edit", f"branch{number}")
        expected += [{"two/main": RAISED["one/main"]}, RAISED]
    git(fleet.root, "revert", "--no-edit", "-m", "1", "HEAD")
    expected.append(RAISED)
    fleet.commit("nothing")
    expected.append({})
    commits = git(fleet.root, "rev-list", "--first-parent", "--reverse", "HEAD").split()
    assert len(git(fleet.root, "rev-list", "HEAD").split()) >= 30
    assert len(commits) == len(expected) + 1
    for before, after, wanted in zip(commits, commits[1:], expected, strict=False):
        assert changed(plan(capsys, fleet.root, f"{before}..{after}")[1]) == wanted
