"""An environment goes from one GitOps engine to another: what is left to do by hand."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from pggitops import yamlio
from pggitops.model import EnvironmentSummary
from pggitops.parts.engines import ROOTS, crds_object_name, delivery_folder

NAMES = {"argocd": "Argo CD", "flux": "Flux", "none": "no engine"}
_RESOURCES = {"Application": "applications.argoproj.io", "Kustomization": "kustomizations.kustomize.toolkit.fluxcd.io"}


def by_hand(
    rendered: Path, output: str, summaries: list[EnvironmentSummary], is_pruned: bool
) -> tuple[str, str] | None:
    """What to say of an output on disk that an engine read until now, and what a person does, in this order.

    `is_pruned`: this run removes it. None for the output of an environment that is no more, and for one that is no
    engine's. The root of neither engine prunes, and no object it made takes the database along (Flux:
    `deletionPolicy: Orphan`; Argo CD: no finalizer).
    """
    folder, _, name = output.partition("/environments/")
    summary = next((summary for summary in summaries if summary.name == name), None)
    if summary is None:
        return None
    old, new = folder.partition("/")[0], summary.delivery.engine
    objects = _objects(rendered / output)
    message = f"{name} is delivered by {NAMES[new]} now; what {NAMES[old]} made for it stays until somebody deletes it"
    left = _left(folder, summary, summaries)
    pruning = "merge this" if is_pruned else "run `pggitops render --prune` and merge"
    steps = [f"{pruning}, so that nothing makes it again"]
    steps += [
        f"`kubectl -n {namespace} delete {kind} {' '.join(names)}`" for (namespace, kind), names in objects.items()
    ]
    if objects and left:
        (namespace, kind), _ = next(iter(objects.items()))
        home = _home(rendered / output, left[-1]) or namespace
        steps.append(f"`kubectl -n {home} delete --ignore-not-found {kind} {' '.join(left)}`")
    if new != "none":
        bootstrap = f"rendered/{delivery_folder(summary.delivery, summary.target)}/bootstrap"
        steps.append(f"once per engine: `kubectl apply --server-side -f {bootstrap}`")
    return message, "; ".join(f"{number}. {step}" for number, step in enumerate(steps, 1)) + "."


def _left(folder: str, summary: EnvironmentSummary, summaries: list[EnvironmentSummary]) -> list[str]:
    """What the engine of a folder made for the target and for itself, where it has nothing else there any more.

    It would go on applying the CRDs of today, also when the new engine has raised them.
    """
    others = [one for one in summaries if one.delivery.engine != "none"]
    targets = {one.target for one in others if delivery_folder(one.delivery, one.target) == folder}
    if summary.target in targets:
        return []
    root = ROOTS[folder.partition("/")[0]]
    names = [] if targets else [root]
    names += [crds_object_name(summary.target)] if summary.crds else []
    return names + ([f"shared-operator-{summary.target}"] if summary.shares else [])


def _home(folder: Path, name: str) -> str | None:
    """The namespace in which Kustomizations of a tenant wait for another; None where they are beside it."""
    for document in _documents(folder):
        for need in document.get("spec", {}).get("dependsOn", ()):
            if need["name"] == name and "namespace" in need:
                return str(need["namespace"])
    return None


def _objects(folder: Path) -> dict[tuple[str, str], list[str]]:
    """The names of the engine's objects in a folder, by namespace and kind."""
    found: dict[tuple[str, str], list[str]] = {}
    for document in _documents(folder):
        metadata = document["metadata"]
        key = str(metadata.get("namespace")), _RESOURCES[document["kind"]]
        found.setdefault(key, []).append(str(metadata.get("name")))
    return found


def _documents(folder: Path) -> Iterator[dict[str, Any]]:
    for file in sorted(folder.glob("*.yaml")):
        document, problems = yamlio.load(file.read_bytes())
        if not problems and isinstance(document, dict) and document.get("kind") in _RESOURCES:
            yield document
