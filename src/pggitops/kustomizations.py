"""`kustomization.yaml`: which files of a folder Flux applies, where folders in it are other Kustomizations' business.

Without one Flux applies every YAML file below a path. Argo CD reads plain folders and fails on one that holds such a
file (argo-cd docs/user-guide/directory.md), so they are written for Flux only.
"""

from __future__ import annotations

from collections.abc import Iterable

from pggitops import render, yamlio
from pggitops.model import Environment

NAME = "kustomization.yaml"


def is_one(path: str) -> bool:
    """Whether a file is a `kustomization.yaml`, which is no Kubernetes object."""
    return path.rpartition("/")[2] == NAME


def files(environment: Environment, paths: Iterable[str]) -> dict[str, bytes]:
    """The `kustomization.yaml` of each folder that has files as well as folders; empty for other engines."""
    if environment.delivery.engine != "flux":
        return {}
    resources: dict[str, list[str]] = {}
    for path in paths:
        folder, _, name = path.rpartition("/")
        resources.setdefault(folder, []).append(name)
    return {
        f"{folder}/{NAME}" if folder else NAME: _text(sorted(names))
        for folder, names in resources.items()
        if any(other.startswith(f"{folder}/" if folder else "") and other != folder for other in resources)
    }


def _text(resources: list[str]) -> bytes:
    document = {
        "apiVersion": "kustomize.config.k8s.io/v1beta1",
        "kind": "Kustomization",
        "resources": resources,
    }
    return (render.HEADER + yamlio.dump(document)).encode()
