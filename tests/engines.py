"""Argo CD and Flux, as far as reading goes: which objects each of their own objects applies, and after which others."""

from __future__ import annotations

import fnmatch
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml

Identity = tuple[str, str, str, str]
"""Group, kind, namespace, name."""

UPSTREAM = "percona-postgresql-operator"


@dataclass
class Layer:
    """One Application or Kustomization: what it applies to which target, and which others are ready before."""

    name: str
    document: dict[str, Any]
    target: str
    objects: dict[Identity, dict[str, Any]] = field(default_factory=dict)
    files: list[Path] = field(default_factory=list)
    before: set[str] = field(default_factory=set)
    crds: bool = False


def identity(document: dict[str, Any]) -> Identity:
    group = document["apiVersion"].rpartition("/")[0]
    metadata = document["metadata"]
    return group, document["kind"], metadata.get("namespace", ""), metadata["name"]


def documents(file: Path) -> Iterator[dict[str, Any]]:
    yield from (document for document in yaml.safe_load_all(file.read_text()) if document)


def manifests(folder: Path) -> Iterator[dict[str, Any]]:
    for file in sorted(folder.rglob("*.yaml")):
        yield from documents(file)


def argocd(root: Path, folder: Path) -> dict[str, Layer]:
    """The layers of one Argo CD; a wave waits for those before it."""
    layers = {}
    for document in manifests(folder):
        if document["kind"] != "Application" or document["metadata"]["name"] == "pggitops-root":
            continue
        layer = Layer(document["metadata"]["name"], document, document["spec"]["destination"]["name"])
        _read(layer, root, _argocd_files(root, document["spec"]["source"]))
        layers[layer.name] = layer
    waves = {name: _wave(layer.document) for name, layer in layers.items()}
    for name, layer in layers.items():
        layer.before = {other for other in layers if waves[other] < waves[name]}
    return layers


def _wave(document: dict[str, Any]) -> int:
    return int(document["metadata"].get("annotations", {}).get("argocd.argoproj.io/sync-wave", 0))


def _argocd_files(root: Path, source: dict[str, Any]) -> list[Path] | None:
    """The files of a directory source (reposerver/repository/repository.go); None for what is not in the repository."""
    if UPSTREAM in source["repoURL"]:
        assert (source["path"], source["directory"]) == ("deploy", {"include": "crd.yaml"})
        return None
    folder = root / source["path"]
    assert folder.is_dir(), folder
    recurse = source["directory"].get("recurse", False)
    exclude = source["directory"].get("exclude")
    found = sorted(path for path in (folder.rglob("*") if recurse else folder.glob("*")) if path.is_file())
    found = [path for path in found if path.suffix in (".yaml", ".yml", ".json")]
    found = [path for path in found if not exclude or not fnmatch.fnmatchcase(str(path.relative_to(folder)), exclude)]
    assert not [path for path in found if path.name == "kustomization.yaml"], "Argo CD fails on it"
    return found


def flux(root: Path, folder: Path) -> dict[str, Layer]:
    """The layers of one Flux, by namespace and name; one waits for what it depends on, and so on."""
    layers = {}
    target = folder.name
    for document in manifests(folder):
        if document["kind"] != "Kustomization" or document["metadata"]["name"] == "pggitops":
            continue
        home, name = document["metadata"]["namespace"], document["metadata"]["name"]
        spec = document["spec"]
        own = spec.get("kubeConfig", {}).get("secretRef", {}).get("name", target)
        layer = Layer(f"{home}/{name}", document, own)
        # the root is there before everything it makes
        needs = [need for need in spec.get("dependsOn", []) if need["name"] != "pggitops"]
        layer.before = {f"{need.get('namespace', home)}/{need['name']}" for need in needs}
        is_upstream = spec["sourceRef"]["name"].startswith(UPSTREAM)
        _read(layer, root, None if is_upstream else _flux_files(root / spec["path"]))
        layers[layer.name] = layer
    for layer in layers.values():
        assert layer.before <= layers.keys(), f"{layer.name} waits for what never comes"
    for _ in layers:
        for layer in layers.values():
            layer.before |= {far for near in layer.before for far in layers[near].before}
    return layers


def _flux_files(folder: Path) -> list[Path]:
    """The files of a path: those kustomization.yaml names, else every one below (docs/spec/v1/kustomizations.md)."""
    assert folder.is_dir(), folder
    chosen = folder / "kustomization.yaml"
    if chosen.is_file():
        return [folder / name for name in yaml.safe_load(chosen.read_text())["resources"]]
    found = sorted(folder.rglob("*.yaml"))
    assert not [path for path in found if path.name == "kustomization.yaml"]
    return found


def _read(layer: Layer, root: Path, files: list[Path] | None) -> None:
    layer.crds = files is None
    for file in files or ():
        layer.files.append(file.relative_to(root))
        for document in documents(file):
            layer.objects[identity(document)] = document
            layer.crds = layer.crds or document["kind"] == "CustomResourceDefinition"
