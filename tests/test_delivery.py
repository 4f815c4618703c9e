"""What the engines would do with the rendered trees: in which order, with what rights, and that nothing is left out."""

from __future__ import annotations

import fnmatch
import re
import shutil
import subprocess
import textwrap
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import pytest
import yaml

import engines
from engines import Layer
from fleets import FLEETS
from pggitops.cli import run
from repositories import Repository, git

ENGINES = [
    pytest.param(root, folder, id=f"{root.name}: {folder.parent.name}/{folder.name}")
    for root in FLEETS
    for engine in ("argocd", "flux")
    for folder in sorted((root / "rendered" / engine).glob("*"))
]


def layers(root: Path, folder: Path) -> dict[str, Layer]:
    return engines.argocd(root, folder) if folder.parent.name == "argocd" else engines.flux(root, folder)


@pytest.mark.parametrize(("root", "folder"), ENGINES)
def test_nothing_is_applied_before_what_it_needs(root: Path, folder: Path) -> None:
    """A Namespace before what is in it, CRDs and an operator before their resources, Secrets before the cluster."""
    every = layers(root, folder)
    for layer in every.values():
        ready = [every[name] for name in layer.before]
        there = {identity for other in ready for identity in other.objects}
        for (_, kind, namespace, name), document in layer.objects.items():
            if kind in ("Namespace", "CustomResourceDefinition"):
                continue
            own_namespace = ("", "Namespace", "", namespace)
            if any(own_namespace in other.objects for other in every.values()):
                assert own_namespace in there | layer.objects.keys(), f"{layer.name}: {kind} {name}"
            if kind == "PerconaPGCluster" and any(
                other.crds and other.target == layer.target for other in every.values()
            ):
                assert any(other.crds and other.target == layer.target for other in ready), f"{layer.name}: no CRDs yet"
                assert any(_is_operator(other, layer.target) for other in ready), f"{layer.name}: no operator yet"
            if kind == "PerconaPGCluster":
                _secrets_come_first(layer, there, document)


def _is_operator(layer: Layer, target: str) -> bool:
    return layer.target == target and any(kind == "Deployment" for _, kind, _, _ in layer.objects)


def _secrets_come_first(layer: Layer, there: set[engines.Identity], cluster: dict[str, Any]) -> None:
    """The ExternalSecret of each user is ready before: in a layer before, or in an earlier wave of Argo CD."""
    namespace = cluster["metadata"]["namespace"]
    for user in cluster["spec"].get("users", ()):
        secret = user.get("secretName", f"{cluster['metadata']['name']}-pguser-{user['name']}")
        wanted = ("external-secrets.io", "ExternalSecret", namespace, secret)
        if wanted in layer.objects:
            assert engines._wave(layer.objects[wanted]) < engines._wave(cluster), f"{layer.name}: {secret}"


@pytest.mark.parametrize("root", FLEETS, ids=lambda root: root.name)
def test_every_file_is_applied_by_one_layer(root: Path) -> None:
    rendered = root / "rendered"
    found: dict[Path, list[str]] = {}
    delivered = set()
    for folder in (*(rendered / "argocd").glob("*"), *(rendered / "flux").glob("*")):
        delivered |= {path.name for path in (folder / "environments").glob("*")}
        for layer in layers(root, folder).values():
            for file in layer.files:
                found.setdefault(file, []).append(layer.name)
    assert [file for file, names in found.items() if len(names) != 1] == []
    for environment in delivered:
        files = {path.relative_to(root) for path in (rendered / environment).rglob("*.yaml")}
        assert {file for file in files if file.name != "kustomization.yaml"} <= found.keys()


@pytest.mark.parametrize("engine", ["argocd", "flux"])
def test_an_operator_shared_from_an_environments_namespace(engine: str, fleet: Path) -> None:
    """The Namespace is the environment's, and there before the operator; nothing is in two layers."""
    base = fleet / "environments/bases/gke-nonprod.yaml"
    base.write_text(
        base.read_text().replace("namespace: pg-operator}", "namespace: payments-dev}")
        + f"delivery: {{engine: {engine}, namespace: null, instance: other}}\n"
    )
    for name in ("dev", "staging"):
        overlay = fleet / f"environments/{name}/environment.yaml"
        overlay.write_text(re.sub(r"(?m)^delivery: .*\n", "", overlay.read_text()))
    development = fleet / "environments/bases/development.yaml"
    development.write_text(development.read_text().replace("delivery: {project: databases-development}\n", ""))
    production = fleet / "environments/bases/production.yaml"
    production.write_text(production.read_text().replace("delivery: {project: databases-production}\n", ""))
    assert run(["render", "--prune", "--kubeconform", "never"]) == 0
    folder = fleet / f"rendered/{engine}/other"
    found: dict[tuple[str, engines.Identity], list[str]] = {}
    for layer in layers(fleet, folder).values():
        for each in layer.objects:
            found.setdefault((layer.target, each), []).append(layer.name)
    assert {each: names for each, names in found.items() if len(names) > 1} == {}
    test_nothing_is_applied_before_what_it_needs(fleet, folder)


def test_a_shared_operator_watches_what_it_is_told_to_besides(fleet: Path) -> None:
    base = fleet / "environments/bases/gke-nonprod.yaml"
    base.write_text(base.read_text().replace("namespace: pg-operator}", "namespace: pg-operator, watch: [elsewhere]}"))
    assert run(["render", "--kubeconform", "never"]) == 0
    (deployment,) = (fleet / "rendered/targets/gke-nonprod/operator").glob("deployment-*.yaml")
    assert "value: elsewhere,payments-dev,payments-staging,pg-operator\n" in deployment.read_text()


@pytest.mark.parametrize(("root", "folder"), [case for case in ENGINES if case.values[1].parent.name == "flux"])
def test_operators_wait_until_flux_has_read_what_changes_their_crds(root: Path, folder: Path) -> None:
    """Root and operator see a commit at once, and CRDs that are still those before it are ready.

    Only for a dependency of the same source does kustomize-controller ask for the same revision
    (internal/controller/kustomization_controller.go, checkDependencies), and CRDs from upstream have one of their own.
    """
    operators = [
        layer.document
        for layer in layers(root, folder).values()
        if any(kind == "Deployment" for _, kind, _, _ in layer.objects)
    ]
    assert operators
    for document in operators:
        assert "pggitops" in {need["name"] for need in document["spec"]["dependsOn"]}, document["metadata"]["name"]


# Flux has no projects
@pytest.mark.parametrize(("root", "folder"), [case for case in ENGINES if case.values[1].parent.name == "argocd"])
def test_projects_permit_what_their_applications_hold_and_no_secret(root: Path, folder: Path) -> None:
    projects = {
        one["metadata"]["name"]: one["spec"] for one in engines.manifests(folder) if one["kind"] == "AppProject"
    }
    for layer in layers(root, folder).values():
        spec = layer.document["spec"]
        project = projects[spec["project"]]
        assert spec["source"]["repoURL"] in project["sourceRepos"]
        assert spec["destination"] in project["destinations"]
        for (group, kind, namespace, name), _ in layer.objects.items():
            if namespace:
                assert {"group": group, "kind": kind} in project["namespaceResourceWhitelist"], f"{layer.name}: {kind}"
                assert {**spec["destination"], "namespace": namespace} in project["destinations"]
            else:
                allowed = project["clusterResourceWhitelist"]
                assert [
                    one
                    for one in allowed
                    if (one["group"], one["kind"]) == (group, kind) and fnmatch.fnmatchcase(name, one["name"])
                ], f"{layer.name}: {kind} {name}"
    for name, project in projects.items():
        assert {"group": "", "kind": "Secret"} not in project["namespaceResourceWhitelist"]
        assert "*" not in project["sourceRepos"], name
        assert not [one for one in project["destinations"] if "*" in one.values()], name


@pytest.mark.parametrize(("root", "folder"), ENGINES)
def test_nothing_takes_data_along(root: Path, folder: Path) -> None:
    """No cascade, no pruning, guards on what holds data."""
    for layer in layers(root, folder).values():
        text = yaml.safe_dump(layer.document)
        assert "finalizers" not in text
        assert "Replace=true" not in text
        assert "Force=true" not in text
        if folder.parent.name == "flux":
            assert layer.document["spec"]["deletionPolicy"] == "Orphan"
            assert layer.document["spec"]["force"] is False
        for (_, kind, _, name), document in layer.objects.items():
            tier = document["metadata"].get("labels", {}).get("pggitops/tier")
            if kind in ("Namespace", "PerconaPGCluster") and tier == "production":
                guards = document["metadata"]["annotations"]
                if folder.parent.name == "argocd":
                    assert guards["argocd.argoproj.io/sync-options"] == "Prune=false,Delete=false", name
                else:
                    assert guards["kustomize.toolkit.fluxcd.io/prune"] == "disabled", name


@pytest.mark.parametrize(("root", "folder"), ENGINES)
def test_the_root_reads_all_but_what_a_person_applies(root: Path, folder: Path) -> None:
    if folder.parent.name != "argocd":
        spec = yaml.safe_load((folder / "bootstrap" / "kustomization-pggitops.yaml").read_text())["spec"]
        assert (root / spec["path"]).resolve() == folder
        return
    spec = yaml.safe_load((folder / "bootstrap" / "application-pggitops-root.yaml").read_text())["spec"]
    read = engines._argocd_files(root, spec["source"])
    own = {path for path in folder.rglob("*.yaml") if path.parent.name != "bootstrap"}
    assert set(read or ()) == own
    assert "ServerSideApply=true" not in spec["syncPolicy"]["syncOptions"]  # argo-cd#13320


def test_flux_takes_nothing_but_the_crds_from_upstream(tmp_path: Path) -> None:
    """Git itself reads the patterns of `ignore`, which are those of .gitignore."""
    source = next((FLEETS[0] / "rendered/flux").rglob("gitrepository-percona-*.yaml"))
    spec = yaml.safe_load(source.read_text())["spec"]
    (tmp_path / "deploy").mkdir()
    for name in ("deploy/crd.yaml", "deploy/cr.yaml", "deploy/bundle.yaml", "README.md", "crd.yaml"):
        (tmp_path / name).write_text("x")
    (tmp_path / ".gitignore").write_text(spec["ignore"])
    subprocess.run(["git", "init", "-q"], cwd=tmp_path, check=True)
    command = ["git", "ls-files", "--others", "--exclude-standard"]
    listed = subprocess.run(command, cwd=tmp_path, check=True, capture_output=True, text=True)
    assert listed.stdout.split() == ["deploy/crd.yaml"]


@pytest.fixture
def fleet(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    shutil.copytree(FLEETS[0] / "environments", tmp_path / "environments")
    shutil.copytree(FLEETS[0] / "rendered", tmp_path / "rendered")
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.mark.parametrize("prune", [False, True])
def test_from_one_engine_to_the_other(prune: bool, fleet: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """One word changes; what a person does is printed, whether or not the old objects are pruned at once."""
    base = fleet / "environments/bases/gke-us1.yaml"
    base.write_text(re.sub(r"(?m)^delivery: .*$", "delivery: {engine: argocd}", base.read_text()))
    assert run(["render", "--kubeconform", "never", *(["--prune"] if prune else [])]) == 0
    said = capsys.readouterr().out
    assert "prod-us is delivered by Argo CD now" in said
    delete = "kubectl -n flux-system delete kustomizations.kustomize.toolkit.fluxcd.io db-prod-us-catalog"
    assert delete in said
    assert "kubectl apply --server-side -f rendered/argocd/hub/bootstrap" in said
    assert (fleet / "rendered/flux/gke-us1/environments/prod-us").exists() is not prune
    assert (fleet / "rendered/argocd/hub/environments/prod-us/application-db-prod-us-catalog.yaml").is_file()
    assert not (fleet / "rendered/prod-us/kustomization.yaml").exists()


@pytest.mark.parametrize("prune", [False, True])
def test_what_the_old_engine_made_of_a_target_is_named_too(
    prune: bool, fleet: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """CRDs that the old engine still applies it would set back as soon as the new one has raised them."""
    options = ["render", "--kubeconform", "never", *(["--prune"] if prune else [])]
    flux = "delivery: {engine: flux, namespace: null, project: null}\n"
    dev = fleet / "environments/dev/environment.yaml"
    dev.write_text(dev.read_text() + flux)
    assert run(options) == 0
    said = capsys.readouterr().out
    assert "dev is delivered by Flux now" in said
    assert "crds-gke-nonprod" not in said, "Argo CD has staging on that target still"
    staging = fleet / "environments/staging/environment.yaml"
    staging.write_text(re.sub(r"(?m)^delivery: .*\n", flux, staging.read_text()))
    assert run(options) == 0
    said = capsys.readouterr().out
    names = "applications.argoproj.io crds-gke-nonprod shared-operator-gke-nonprod"
    assert f"kubectl -n argocd delete --ignore-not-found {names}`" in said
    assert "pggitops-root" not in said, "Argo CD has other targets still"

    base = fleet / "environments/bases/gke-us1.yaml"
    base.write_text(re.sub(r"(?m)^delivery: .*$", "delivery: {engine: argocd}", base.read_text()))
    assert run(options) == 0
    said = capsys.readouterr().out
    names = "kustomizations.kustomize.toolkit.fluxcd.io pggitops crds-gke-us1"
    assert f"kubectl -n flux-system delete --ignore-not-found {names}`" in said


def test_from_one_instance_to_another(fleet: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Both call their objects alike, so it is said which of the two they are to be deleted from."""
    base = fleet / "environments/bases/gke-us1.yaml"
    base.write_text(base.read_text().replace("secret: git-read}", "secret: git-read, instance: west}"))
    assert run(["render", "--kubeconform", "never"]) == 0
    said = capsys.readouterr().out
    assert "prod-us is delivered by Flux west now; what Flux gke-us1 made for it stays" in said
    assert "where Flux gke-us1 runs: `kubectl -n flux-system delete kustomizations" in said


def test_an_environment_with_errors_holds_back_its_engine_only(fleet: Path, capsys: pytest.CaptureFixture[str]) -> None:
    overlay = fleet / "environments/prod-us/environment.yaml"
    overlay.write_text(overlay.read_text().replace("namespace: databases-us", "namespace: databases-us\nnonsense: 1"))
    shutil.rmtree(fleet / "rendered")
    assert run(["render", "--kubeconform", "never"]) == 1
    assert not (fleet / "rendered/flux").exists()
    # it cannot be read, so it might be Argo CD's as well as Flux's
    assert not (fleet / "rendered/argocd/hub/fleet").exists()
    assert (fleet / "rendered/argocd/hub/environments/prod-eu").is_dir()
    assert "nonsense" in capsys.readouterr().out


def test_one_environment_alone_makes_the_fleet_outputs_of_all(fleet: Path) -> None:
    before = {path: path.read_bytes() for path in (fleet / "rendered").rglob("*") if path.is_file()}
    assert run(["render", "dev", "--kubeconform", "never"]) == 0
    assert {path: path.read_bytes() for path in (fleet / "rendered").rglob("*") if path.is_file()} == before


PAGE = (FLEETS[0] / "docs" / "delivery.md").read_text()


def test_the_page_shows_what_is_rendered() -> None:
    shown = re.findall(r"<!-- file: (\S+) from: (.*?) -->\n```yaml\n(.*?)```", PAGE, re.DOTALL)
    assert len(shown) == 2
    for path, start, text in shown:
        assert text.startswith(start)
        assert text in (FLEETS[0] / path).read_text(), path


def merged(root: Path) -> int:
    """Whether CI as `init` writes it lets a change pass, which is then merged."""
    render = ["render", "--prune", "--kubeconform", "never"]
    code = run(["plan", "HEAD", "--fail-on", "critical"]) or run(render) or run(["check", "--kubeconform", "never"])
    Repository(root).commit()
    return code


def unguarded(root: Path, environment: str, clusters: Iterable[str], stones: str) -> None:
    for cluster in clusters:
        file = root / f"environments/{environment}/clusters/{cluster}.yaml"
        file.write_text(f"{file.read_text()}protected: false\n")
    file = root / f"environments/{environment}/environment.yaml"
    file.write_text(file.read_text() + stones)


def test_what_the_page_removes_goes(fleet: Path, capsys: pytest.CaptureFixture[str]) -> None:
    git(fleet, "init", "--quiet", "--initial-branch", "main")
    Repository(fleet).commit()
    blocks = re.findall(r" *<!-- into: (\S+) -->\n *```yaml\n(.*?)```", PAGE, re.DOTALL)
    (file, guard), (also, stone), (of_environment, removed) = [(file, textwrap.dedent(text)) for file, text in blocks]
    assert file == also

    overlay = fleet / file
    before = overlay.read_text()
    unguarded(fleet, "prod-eu", ["orders"], guard)
    assert merged(fleet) == 0, capsys.readouterr().out
    overlay.write_text(before + stone)
    (fleet / "environments/prod-eu/clusters/orders.yaml").unlink()
    assert merged(fleet) == 0, capsys.readouterr().out
    assert not (fleet / "rendered/prod-eu/orders").exists()

    folder = (fleet / of_environment).parent
    clusters = sorted(one.stem for one in (folder / "clusters").glob("*.yaml"))
    stones = "".join(guard.partition("\n")[2].replace("orders", one) for one in clusters)
    unguarded(fleet, folder.name, clusters, f"removed:\n{stones}")
    assert merged(fleet) == 0, capsys.readouterr().out
    shutil.rmtree(folder)
    folder.mkdir()
    (fleet / of_environment).write_text(removed)
    assert merged(fleet) == 0, capsys.readouterr().out
    assert not (fleet / "rendered" / folder.name).exists()


def test_an_environment_has_a_cluster(fleet: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for file in (fleet / "environments/prod-us/clusters").glob("*.yaml"):
        file.unlink()
    assert run(["check", "prod-us", "--kubeconform", "never"]) == 1, "the page says that the last one goes with it"


def test_the_page_names_what_is_there() -> None:
    for path in re.findall(r"rendered/[a-z0-9/.-]+", PAGE):
        assert (FLEETS[0] / path).exists(), path
    rendered = engines.manifests(FLEETS[0] / "rendered")
    names = {document["metadata"]["name"] for document in rendered if "metadata" in document}
    for command in re.findall(r"^    kubectl -n \S+ delete \S+ (.*)$", PAGE, re.MULTILINE):
        assert set(command.split()) <= names
    policies = re.findall(r"`(orders-[a-z-]+)`", PAGE.partition("the NetworkPolicies")[2].partition(";")[0])
    assert {
        document["metadata"]["name"] for document in engines.manifests(FLEETS[0] / "rendered/prod-eu/orders")
    } >= set(policies)
    waves = dict(re.findall(r"^\| (-?\d+) \| `?([a-z]*)", PAGE, re.MULTILINE))
    every = engines.argocd(FLEETS[0], FLEETS[0] / "rendered/argocd/hub")
    assert {str(engines._wave(layer.document)) for layer in every.values()} <= waves.keys()
    for layer in every.values():
        assert layer.name.startswith((waves[str(engines._wave(layer.document))], "shared-operator")), layer.name
