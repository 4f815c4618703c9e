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
    new = summary.delivery.engine
    now = delivery_folder(summary.delivery, summary.target)
    old, here = _called(folder, now)
    message = f"{name} is delivered by {here} now; what {old} made for it stays until somebody deletes it"
    pruning = "merge this" if is_pruned else "run `pggitops render --prune` and merge"
    steps = [f"{pruning}, so that nothing makes it again"]
    # what is called alike in both is to be deleted from the right one
    where = f"where {old} runs: " if folder.partition("/")[0] == new else ""
    steps += [
        f"{where}`kubectl {command}`" for command in _deletions(rendered / output, _left(folder, summary, summaries))
    ]
    if new != "none":
        steps.append(f"once per engine: `kubectl apply --server-side -f rendered/{now}/bootstrap`")
    return message, "; ".join(f"{number}. {step}" for number, step in enumerate(steps, 1)) + "."


def _called(old: str, new: str) -> tuple[str, str]:
    """What two folders' engines are called, with their instances where both are the same."""
    (was, its), (is_, own) = (folder.split("/") for folder in (old, new))
    return (f"{NAMES[was]} {its}", f"{NAMES[is_]} {own}") if was == is_ else (NAMES[was], NAMES[is_])


def _deletions(folder: Path, left: list[str]) -> Iterator[str]:
    """What deletes an environment's objects in a folder, and `left`, which lies with the engine."""
    objects = _objects(folder)
    for (namespace, kind), names in objects.items():
        yield f"-n {namespace} delete {kind} {' '.join(names)}"
    if objects and left:
        (namespace, kind), _ = next(iter(objects.items()))
        home = _home(folder, left[-1]) or namespace
        yield f"-n {home} delete --ignore-not-found {kind} {' '.join(left)}"


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
