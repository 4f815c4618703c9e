"""The operator's CRDs in the repository: what is recognised, kept, needed and rendered."""

from __future__ import annotations

import fnmatch
import io
import json
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

import engines
from crd_files import NEW, OLD, Document, definition, definitions, kept, text
from pggitops import crds, operators, render, yamlio
from pggitops.cli import run
from pggitops.crds.rendering import GUARDS
from pggitops.errors import CannotGoOn


@pytest.fixture
def root(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A repository with two environments on one target and one on another."""
    overlay = """\
apiVersion: pggitops/v1
kind: Environment
namespace: {name}
target: {{name: {target}, platform: gke, apiServer: {{cidrs: [172.16.0.2/32]}}, cni: calico}}
operator: {{version: {version}, crds: vendored}}
clusters: {{one: {{owner: team, postgres: {{version: 18}}, instances: {{replicas: 3, storage: 10Gi}}}}}}
"""
    for name, target, version in (("old", "east", "2.9.0"), ("new", "east", "3.0.0"), ("far", "west", "3.0.0")):
        folder = tmp_path / "environments" / name
        folder.mkdir(parents=True)
        (folder / "environment.yaml").write_text(overlay.format(name=name, target=target, version=version))
    monkeypatch.chdir(tmp_path)
    return tmp_path


def add(root: Path, documents: list[Document], *arguments: str) -> int:
    (root / "crd.yaml").write_bytes(text(documents))
    return run(["crds", "add", "crd.yaml", *arguments])


@pytest.mark.parametrize("version", operators.versions())
def test_a_file_is_recognised_by_its_schemas(root: Path, version: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert add(root, definitions(version)) == 0
    assert capsys.readouterr().out == f"wrote crds/{version}.yaml\n"
    assert os.listdir(root / "crds") == [f"{version}.yaml"]
    assert crds.read(root, version).keys() == crds.names(version)


def test_what_iskept(root: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    assert add(root, definitions("3.0.0"), "--version", "3.0.0") == 0
    first = (root / "crds" / "3.0.0.yaml").read_bytes()
    assert b"prose" not in first
    bridge = crds.read(root, "3.0.0")[f"crunchybridgeclusters.{NEW}"]
    kept = bridge["spec"]["versions"][0]["schema"]["openAPIV3Schema"]
    assert kept["properties"]["spec"]["properties"] == {"description": {"enum": ["3.0.0"], "type": "string"}}

    # exported from a server, in another order, mislabelled as the chart of 2.8.2 is: the same bytes, and so no change
    again = list(reversed(definitions("3.0.0")))
    for document in again:
        document["metadata"] |= {"uid": "1", "resourceVersion": "7", "managedFields": []}
        document["metadata"]["annotations"]["kubectl.kubernetes.io/last-applied-configuration"] = "{}"
        document["status"] = {"conditions": []}
        if "pgv2.percona.com/version" in document["metadata"]["labels"]:
            document["metadata"]["labels"]["pgv2.percona.com/version"] = "v2.9.0"
    capsys.readouterr()
    monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(text(again))))
    assert run(["crds", "add", "-"]) == 0
    assert capsys.readouterr().out == "unchanged crds/3.0.0.yaml\n"
    assert (root / "crds" / "3.0.0.yaml").read_bytes() == first


def test_another_content_needs_force(root: Path) -> None:
    add(root, definitions("3.0.0"))
    before = (root / "crds" / "3.0.0.yaml").read_bytes()
    changed = definitions("3.0.0")
    changed[4]["spec"]["names"]["shortNames"] = ["bridge"]
    with pytest.raises(CannotGoOn, match="there already with another content"):
        add(root, changed)
    assert (root / "crds" / "3.0.0.yaml").read_bytes() == before
    assert add(root, changed, "--force") == 0
    assert b"shortNames" in (root / "crds" / "3.0.0.yaml").read_bytes()


def test_a_write_that_fails_leaves_nothing(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("os.fsync", full)
    with pytest.raises(CannotGoOn, match=r"crds/3.0.0.yaml cannot be written: No space left"):
        add(root, definitions("3.0.0"))
    assert os.listdir(root / "crds") == []


def changed(change: Callable[[list[Document]], Any], version: str = "3.0.0") -> bytes:
    documents = definitions(version)
    change(documents)
    return text(documents)


def _spec(documents: list[Document], index: int) -> Document:
    found: Document = documents[index]["spec"]["versions"][0]["schema"]["openAPIV3Schema"]["properties"]["spec"]
    return found


BAD: dict[str, tuple[Callable[[], bytes], str]] = {
    "empty": (lambda: b" \n", "crd.yaml is empty"),
    "only comments": (lambda: b"# nothing\n", "crd.yaml:1:1: the file holds no document"),
    "only separators": (lambda: b"---\n---\n", "holds no CustomResourceDefinition"),
    "no YAML": (lambda: b"a: [\n", "crd.yaml:1:5: the file ends before a bracket is closed"),
    "no UTF-8": (lambda: b"a: \xff\n", "crd.yaml:1:4: byte 0xff is not UTF-8"),
    "a web page": (lambda: b"\n<!DOCTYPE html><html></html>", r"crd.yaml is a web page \(HTML\)"),
    "50 MB": (lambda: b"#" * (50 << 20), "crd.yaml has more than 16 MiB"),
    "a text": (lambda: b"Not Found\n", "crd.yaml:1: this is no Kubernetes object"),
    "something else": (lambda: b"kind: ConfigMap\n", "holds no CustomResourceDefinition, but ConfigMap"),
    "a bundle": (
        lambda: text([*definitions("3.0.0"), {"kind": "ServiceAccount"}, {"kind": "Role"}]),
        r"more than CRDs \(ServiceAccount, Role\): it is a bundle",
    ),
    "one is missing": (
        lambda: changed(lambda documents: documents.pop(1)),
        "holds 7 of the eight CRDs; missing: perconapgclusters.pgv2.percona.com",
    ),
    "the inner four are missing": (
        lambda: text(definitions("3.0.0")[:4]),
        f"holds 4 of the eight CRDs; missing: all four of {OLD} or {NEW}",
    ),
    "a ninth": (
        lambda: text([*definitions("3.0.0"), definition("cert-manager.io", "Issuer", "v1", {"type": "object"}, {})]),
        r"crd.yaml:\d+: issuers.cert-manager.io is no CRD of the Percona Operator",
    ),
    "another operator": (
        lambda: text([definition("postgresql.cnpg.io", "Cluster", "v1", {"type": "object"}, {})]),
        "crd.yaml:1: clusters.postgresql.cnpg.io is no CRD of the Percona Operator",
    ),
    "one twice": (
        lambda: changed(lambda documents: documents.append(documents[0])),
        "perconapgbackups.pgv2.percona.com stands here a second time",
    ),
    "no name": (lambda: changed(lambda documents: documents[0].update(metadata=[])), "None is no CRD of"),
    "a name that is a list": (
        lambda: changed(lambda documents: documents[0]["metadata"].update(name=["a"])),
        "is no CRD of",
    ),
    "v1beta1": (
        lambda: changed(lambda documents: documents[0].update(apiVersion="apiextensions.k8s.io/v1beta1")),
        "only CustomResourceDefinitions of apiextensions.k8s.io/v1",
    ),
    "another scope": (
        lambda: changed(lambda documents: documents[4]["spec"].update(scope="Cluster")),
        "defines CrunchyBridgeCluster .* Cluster; it should be .* Namespaced",
    ),
    "another version of a kind": (
        lambda: changed(lambda documents: documents[7]["spec"]["versions"][0].update(name="v1")),
        "has versions v1; it should have v1beta1 only",
    ),
    "both groups": (
        lambda: text([*definitions("3.0.0"), *definitions("2.9.0")[4:]]),
        f"CRDs of both {OLD} and {NEW}",
    ),
    "the group of another version": (
        lambda: text([*definitions("3.0.0")[:4], *definitions("2.9.0")[4:]]),
        f"of operator 3.0.0, but the other four in {OLD} instead of {NEW}",
    ),
    "an unknown version": (
        lambda: changed(lambda documents: _spec(documents, 1)["properties"].update(logicalReplicas={"type": "object"})),
        r"any operator known here \(.*\); from 3.0.0 it differs in PerconaPGCluster spec.logicalReplicas$",
    ),
    "a rule that differs": (
        lambda: changed(
            lambda documents: _spec(documents, 1)["properties"]["instances"]["items"]["properties"]["replicas"].update(
                minimum=0
            )
        ),
        r"its label says 3.0.0.*differs in PerconaPGCluster spec.instances\[\].replicas$",
    ),
}


@pytest.mark.parametrize("name", BAD)
def test_bad_input(root: Path, name: str) -> None:
    content, message = BAD[name]
    (root / "crd.yaml").write_bytes(content())
    with pytest.raises(CannotGoOn, match=message) as caught:
        run(["crds", "add", "crd.yaml"])
    assert "\n" not in str(caught.value)
    assert caught.value.fix
    assert not (root / "crds").exists()


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["nowhere.yaml"], "nowhere.yaml cannot be read: No such file"),
        (["environments"], "environments cannot be read: Is a directory"),
        ([], "Missing argument"),
        (["crd.yaml", "--version", "2.9.0"], "crd.yaml holds the CRDs of operator 3.0.0, not 2.9.0"),
        (["crd.yaml", "--version", "3.0"], r'no operator version "3.0"'),
    ],
)
def test_wrong_use(root: Path, arguments: list[str], message: str) -> None:
    (root / "crd.yaml").write_bytes(text(definitions("3.0.0")))
    with pytest.raises(CannotGoOn, match=message):
        run(["crds", "add", *arguments])
    assert not (root / "crds").exists()


def test_a_stated_version_says_which_fields_differ(root: Path) -> None:
    documents = definitions("3.0.0")
    del _spec(documents, 1)["properties"]["pause"]
    with pytest.raises(CannotGoOn, match=r"not hold the CRDs of operator 3.0.0.* in PerconaPGCluster spec.pause$"):
        add(root, documents, "--version", "3.0.0")


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read and write everything")
def test_no_permission(root: Path) -> None:
    (root / "crds").mkdir(mode=0o500)
    with pytest.raises(CannotGoOn, match=r"crds/3.0.0.yaml cannot be written: Permission denied"):
        add(root, definitions("3.0.0"))
    (root / "crd.yaml").chmod(0)
    with pytest.raises(CannotGoOn, match=r"crd.yaml cannot be read: Permission denied"):
        run(["crds", "add", "crd.yaml"])


def test_a_folder_that_leaves_the_repository(root: Path, tmp_path_factory: pytest.TempPathFactory) -> None:
    (root / "crds").symlink_to(tmp_path_factory.mktemp("outside"))
    with pytest.raises(CannotGoOn, match="leaves the repository"):
        add(root, definitions("3.0.0"))


def test_a_missing_version_is_found_at_the_overlay(root: Path, capsys: pytest.CaptureFixture[str]) -> None:
    add(root, definitions("2.9.0"))
    capsys.readouterr()
    assert run(["check", "new"]) == 1
    out = capsys.readouterr().out
    assert "environments/new/environment.yaml:5:34: error reference-no-crds: there is no crds/3.0.0.yaml" in out
    assert "pggitops crds add" in out
    overlay = root / "environments" / "new" / "environment.yaml"
    whole = overlay.read_text()
    overlay.write_text(whole.replace("crds: vendored", "crds: vendored, install: false"))
    run(["check", "new"])
    assert "reference-no-crds" not in capsys.readouterr().out
    overlay.write_text(whole)
    add(root, definitions("3.0.0"))
    run(["check"])
    assert "reference-no-crds" not in capsys.readouterr().out


def test_the_list(root: Path, capsys: pytest.CaptureFixture[str]) -> None:
    add(root, definitions("2.8.2"))
    add(root, definitions("2.9.0"))
    (root / "crds" / "2.9.0.yaml").write_bytes((root / "crds" / "2.9.0.yaml").read_bytes() + b"# mine\n")
    (root / "environments" / "far" / "environment.yaml").write_text("a: [")
    capsys.readouterr()
    assert run(["crds", "list"]) == 1
    out, err = capsys.readouterr()
    assert out.splitlines() == [
        "2.8.2  kept, needed by no target",
        "2.9.0  changed by hand, needed by east",
        "3.0.0  missing, needed by east",
    ]
    assert err == "not read: far (`pggitops check` says why)\n"
    (root / "crds" / "2.8.2.yaml").write_text("no: [")
    (root / "crds" / "notes.yaml").write_text("")
    assert run(["crds", "list", "--format", "json"]) == 1
    states = {row["version"]: row["state"] for row in json.loads(capsys.readouterr().out)["crds"]}
    assert states["2.8.2"].startswith("unusable: crds/2.8.2.yaml:")
    assert states["notes"].startswith("unusable: ")


def test_the_list_where_nothing_could_be_read(root: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for file in (root / "environments").glob("*/environment.yaml"):
        file.write_text("a: [")
    assert run(["crds", "list"]) == 1
    assert capsys.readouterr().out == "none is kept, and none is needed by what could be read\n"


@pytest.fixture
def vendored(root: Path) -> Path:
    """The repository with every version kept."""
    (root / "crds").mkdir()
    for version in operators.versions():
        (root / "crds" / f"{version}.yaml").write_bytes(kept(version))
    return root


@pytest.mark.parametrize(
    ("versions", "newest", "old_group_of"),
    [
        (["2.8.2"], "2.8.2", "2.8.2"),
        (["2.9.0", "2.8.2"], "2.9.0", "2.9.0"),
        (["3.0.0", "2.8.2", "2.9.0"], "3.0.0", "2.9.0"),
        (["3.0.0"], "3.0.0", None),
    ],
)
def test_which_crds_a_target_gets(vendored: Path, versions: list[str], newest: str, old_group_of: str | None) -> None:
    files = crds.rendered(vendored, versions, "none")
    assert list(files) == sorted(files)
    wanted = dict(crds.read(vendored, newest))
    if old_group_of:
        old = crds.read(vendored, old_group_of)
        wanted |= {name: document for name, document in old.items() if name.endswith(OLD)}
    assert len(wanted) == (12 if old_group_of not in (None, newest) else 8)
    assert {name: yamlio.load(content) for name, content in files.items()} == {
        f"customresourcedefinition-{name}.yaml": (document, []) for name, document in wanted.items()
    }


@pytest.mark.parametrize(
    ("engines", "guards"),
    [
        ("argocd", GUARDS["argocd"]),
        ("flux", GUARDS["flux"]),
        ({"argocd", "flux"}, {**GUARDS["argocd"], **GUARDS["flux"]}),
        ({"none"}, {}),
    ],
)
def test_every_crd_is_guarded_as_each_engine_needs(vendored: Path, engines: Any, guards: dict[str, str]) -> None:
    for name, content in crds.rendered(vendored, {"3.0.0", "2.9.0"}, engines).items():
        assert content.startswith(render.HEADER.encode())
        document = yamlio.load(content)[0]
        assert name == f"customresourcedefinition-{document['metadata']['name']}.yaml"
        assert document["metadata"]["annotations"] == {"controller-gen.kubebuilder.io/version": "v0.20.0", **guards}
        assert "status" not in document
    # what is kept stays without guards
    assert all(len(each["metadata"]["annotations"]) == 1 for each in crds.read(vendored, "3.0.0").values())


def test_the_page_names_the_guards() -> None:
    page = (Path(__file__).parent.parent / "docs" / "crds.md").read_text()
    for guards in GUARDS.values():
        for name, value in guards.items():
            assert f"`{name}: {value}`" in page


def test_no_operator_needs_no_crds(root: Path) -> None:
    assert crds.rendered(root, (), "argocd") == {}


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (None, r"there is no crds/2.9.0.yaml"),
        (b"<<<<<<< HEAD\na: 1\n", r"crds/2.9.0.yaml:\d+:\d+: "),
        (b"a: 1\n", "crds/2.9.0.yaml:1: this is no CRD"),
        (text(definitions("3.0.0")), "crds/2.9.0.yaml holds the CRDs of operator 3.0.0, not 2.9.0"),
        (text(definitions("2.8.2")), "crds/2.9.0.yaml holds the CRDs of operator 2.8.2, not 2.9.0"),
        (text([*definitions("2.9.0")[:4], *definitions("3.0.0")[4:]]), "crds/2.9.0.yaml does not hold the eight CRDs"),
        (text(definitions("2.9.0")[:7]), "crds/2.9.0.yaml does not hold the eight CRDs of operator 2.9.0"),
    ],
)
def test_a_kept_file_that_cannot_be_used(vendored: Path, content: bytes | None, message: str) -> None:
    file = vendored / "crds" / "2.9.0.yaml"
    file.unlink() if content is None else file.write_bytes(content)
    with pytest.raises(CannotGoOn, match=message) as caught:
        crds.rendered(vendored, {"3.0.0", "2.9.0"}, "flux")
    assert "pggitops crds add" in caught.value.fix


def test_an_engine_applies_what_is_vendored(vendored: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """From the overlay to the Application that reads the folder; no upstream is permitted any more."""
    for name in ("old", "new"):
        overlay = vendored / "environments" / name / "environment.yaml"
        with overlay.open("a") as stream:
            stream.write("delivery: {engine: argocd, repository: 'https://git.example/db.git'}\n")
    arguments = ["render", "--kubeconform", "always"]
    repos = "{repo1: {gcs: {bucket: acme}, schedules: {full: 17 1 * * 0}, retention: {full: 5}}}"
    for overlay in vendored.glob("environments/*/environment.yaml"):
        overlay.write_text(
            overlay.read_text().replace("storage: 10Gi}", f"storage: 10Gi}}, backups: {{repos: {repos}}}")
        )
    assert run(arguments) == 0, capsys.readouterr().out
    crds_folder = vendored / "rendered" / "targets" / "east" / "crds"
    assert len(list(crds_folder.glob("customresourcedefinition-*.yaml"))) == 12
    layers = engines.argocd(vendored, vendored / "rendered" / "argocd" / "hub")
    layer = layers["crds-east"]
    assert {file.parent for file in layer.files} == {crds_folder.relative_to(vendored)}
    assert len(layer.objects) == 12
    projects = list(engines.manifests(vendored / "rendered" / "argocd" / "hub" / "fleet"))
    project = next(one["spec"] for one in projects if one["metadata"]["name"] == "pggitops-operators")
    assert project["sourceRepos"] == ["https://git.example/db.git"]
    for _, _, _, name in layer.objects:
        allowed = [
            one["name"] for one in project["clusterResourceWhitelist"] if one["kind"] == "CustomResourceDefinition"
        ]
        assert any(fnmatch.fnmatchcase(name, pattern) for pattern in allowed), name
