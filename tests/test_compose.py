"""Which files an environment is made of, and in which order they meet."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from fleets import documents
from pggitops import compose, modelling
from pggitops.cli import run
from pggitops.compose import Sources

BASE = "apiVersion: pggitops/v1\nkind: Base\n"


def written(root: Path, files: dict[str, str]) -> Sources:
    for name, text in files.items():
        file = root / "environments" / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text)
    return Sources(root)


def composed(root: Path, files: dict[str, str]) -> dict[str, Any]:
    sources = written(root, files)
    loaded = compose.load(sources, "e")
    assert not loaded.findings
    return compose.compose(sources, loaded.layers)


@pytest.mark.parametrize(
    ("bases", "listed", "order"),
    [
        ({"a": "", "b": ""}, "[a, b]", ["a", "b"]),
        ({"a": "", "b": ""}, "[b, a]", ["b", "a"]),
        ({"a": "", "b": "bases: [a]\n"}, "[b]", ["a", "b"]),
        ({"a": "", "b": "bases: [a]\n", "c": "bases: [a]\n"}, "[b, c]", ["a", "b", "c"]),
        ({"a": "", "b": "bases: [a]\n", "c": "bases: [a]\n"}, "[c, b, a]", ["a", "c", "b"]),
        ({"a": "", "b": "bases: [a]\n", "c": "bases: [b, a]\n"}, "[c]", ["a", "b", "c"]),
    ],
)
def test_the_order_of_bases(bases: dict[str, str], listed: str, order: list[str], tmp_path: Path) -> None:
    """Each once, where it stands first, what it lists beneath it; the overlay last."""
    files = {f"bases/{name}.yaml": BASE + text + f"tier: {name}\n" for name, text in bases.items()}
    sources = written(tmp_path, {**files, "e/environment.yaml": f"kind: Environment\nbases: {listed}\n"})
    layers = compose.load(sources, "e").layers
    assert [Path(layer.file).stem for layer in layers] == [*order, "environment"]
    assert compose.compose(sources, layers)["tier"] == order[-1]


def test_a_cluster_in_a_file_of_its_own_is_as_if_it_stood_in_the_overlay(tmp_path: Path) -> None:
    overlay = "kind: Environment\ndefaults: {tls: {only: false}}\n"
    apart = composed(tmp_path / "1", {"e/environment.yaml": overlay, "e/clusters/db.yaml": "owner: a\n"})
    inside = composed(tmp_path / "2", {"e/environment.yaml": overlay + "clusters: {db: {owner: a}}\n"})
    assert apart == inside
    assert apart["clusters"] == {"db": {"tls": {"only": False}, "owner": "a"}}


def test_bases_are_read_once(tmp_path: Path) -> None:
    sources = written(
        tmp_path,
        {
            "bases/a.yaml": BASE,
            "e/environment.yaml": "kind: Environment\nbases: [a]\n",
            "f/environment.yaml": "kind: Environment\nbases: [a]\n",
        },
    )
    first, second = (compose.load(sources, name).layers[0] for name in ("e", "f"))
    assert first is second


@pytest.mark.parametrize(
    ("files", "place", "says"),
    [
        ({"e/cluster/db.yaml": "owner: a\n"}, "environments/e/cluster", 'did you mean "clusters"?'),
        ({"e/notes.txt": "x"}, "environments/e/notes.txt", "no file of an environment"),
        ({"e/clusters/db.yml": "owner: a\n"}, "environments/e/clusters/db.yml", "ends in .yml"),
        ({"e/clusters/notes.txt": "x"}, "environments/e/clusters/notes.txt", "no cluster file"),
        ({"e/manifests/more/a.yaml": "x"}, "environments/e/manifests/more", "a folder, and not read"),
    ],
)
def test_what_is_no_file_of_an_environment(files: dict[str, str], place: str, says: str, tmp_path: Path) -> None:
    sources = written(tmp_path, {"e/environment.yaml": "kind: Environment\n", **files})
    (finding,) = compose.load(sources, "e").findings
    assert finding.place.file == place
    assert says in finding.message


def test_what_is_no_base_and_no_environment(tmp_path: Path) -> None:
    files = {
        "bases/a.yml": BASE,
        "bases/more/b.yaml": BASE,
        "bases/.hidden/c": "",
        "bases/README.md": "",
        "f.yaml": "a: b\n",
    }
    sources = written(tmp_path, {"e/environment.yaml": "kind: Environment\nbases: [a]\n", "README.md": "", **files})
    found = {finding.place.file: finding.fix for finding in compose.strays(tmp_path)}
    assert found == {
        "environments/f.yaml": "Move it to environments/f/environment.yaml, or, if it is a base, to "
        "environments/bases/f.yaml.",
        "environments/bases/a.yml": "Rename it to a.yaml.",
        "environments/bases/more": "Bases lie right in bases/; move it.",
    }
    (finding,) = compose.load(sources, "e").findings
    assert finding.message == 'there is no base "a"'
    assert finding.fix == "Rename environments/bases/a.yml to a.yaml."


def test_an_environment_that_is_removed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Its folder says so; what it left is pruned only when asked."""
    root = Path(__file__).parent.parent
    for name in ("fleet", "gke-demo"):
        base = (root / "environments" / "bases" / f"{name}.yaml").read_text()
        written(tmp_path, {f"bases/{name}.yaml": base})
    written(tmp_path, {"talk/environment.yaml": (root / "environments/talk/environment.yaml").read_text()})
    monkeypatch.chdir(tmp_path)
    assert run(["render"]) == 0
    gone = "owner: a\nreason: b\ndata: kept\nbackups: kept\ndate: 2026-11-01\n"
    written(tmp_path, {"talk/environment.yaml": f"apiVersion: pggitops/v1\nkind: Removed\n{gone}"})
    assert run(["render"]) == 0
    assert "rendered/talk:1:1: warning output-left-over" in capsys.readouterr().out
    assert (tmp_path / "rendered" / "talk" / "namespace.yaml").exists()
    assert run(["render", "--prune"]) == 0
    assert not (tmp_path / "rendered" / "talk").exists()
    written(tmp_path, {"talk/environment.yaml": "apiVersion: pggitops/v1\nkind: Removed\nowner: a\n"})
    assert run(["check"]) == 1
    assert "schema-missing-key" in capsys.readouterr().out


def test_what_bases_say_is_one_record_for_all_environments() -> None:
    """The same map, the same record; another map never, however many there are."""
    document = documents()["prod-eu"]
    one = modelling.build("one", document)
    other = modelling.build("other", {**document, "registry": "registry.example"})
    assert (one.target, one.operator) == (other.target, other.operator)
    for number in range(200):
        target = {**document["target"], "name": f"target-{number}"}
        assert modelling.build("any", {**document, "target": target}).target.name == f"target-{number}"
        del target
    assert modelling.build("again", document).target.name == document["target"]["name"]
