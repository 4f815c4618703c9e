"""What environments of one target share: their CRDs as manifests, with the guards of the engines that apply them."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from pathlib import Path

from pggitops import operators
from pggitops.crds.recognise import Document, upstream_group
from pggitops.crds.vendored import read

GUARDS = {
    "argocd": {"argocd.argoproj.io/sync-options": "ServerSideApply=true,Prune=false,Delete=false"},
    # Flux always applies on the server's side and needs no word for it
    "flux": {"kustomize.toolkit.fluxcd.io/prune": "disabled"},
}
"""What keeps an engine from deleting a CRD, and every database with it; source: Argo CD v3.5.1
docs/user-guide/sync-options.md, kustomize-controller v1.9.4 docs/spec/v1/kustomizations.md."""


def rendered(root: Path, versions: Collection[str], engines: str | Collection[str]) -> dict[str, bytes]:
    """The files of `rendered/targets/<target>/crds/`, one CRD each, from what is vendored.

    `versions` are those of all operators on the target, `engines` the delivery engines of its environments (one name,
    or several: then each engine's guards are there; `none` adds none). The rule:

    - The CRDs are those of the newest version in use: a set of CRDs serves its operator and the two minors before.
    - While an operator before 3.0.0 is in use beside a newer one, the four CRDs of the old group
      (`postgres-operator.crunchydata.com`), which the newer set lacks, come from the newest of these older versions:
      an operator 2.9 whose PostgresClusters vanish stops its databases.
    - When no such operator is left, they are rendered no more, and stay on the target: the guards they were applied
      with keep the engine from pruning them. A person deletes them, once every cluster is migrated (`docs/crds.md`).

    Raises CannotGoOn where the file of a version that is needed is not there or was changed by hand.
    """
    if not versions:
        return {}
    newest = max(versions, key=operators.number)
    chosen = dict(read(root, newest))
    old = [version for version in versions if upstream_group(version) != upstream_group(newest)]
    if old:
        older = max(old, key=operators.number)
        suffix = f".{upstream_group(older)}"
        chosen |= {name: document for name, document in read(root, older).items() if name.endswith(suffix)}
    names = {engines} if isinstance(engines, str) else set(engines)
    guards = {name: value for engine in sorted(names) for name, value in GUARDS.get(engine, {}).items()}
    return {f"customresourcedefinition-{name}.yaml": _file(chosen[name], guards) for name in sorted(chosen)}


def _file(document: Document, guards: Mapping[str, str]) -> bytes:
    from pggitops import render, yamlio

    metadata = document["metadata"]
    annotations = {**(metadata.get("annotations") or {}), **guards}
    guarded = {**document, "metadata": {**metadata, **({"annotations": annotations} if annotations else {})}}
    guarded.pop("status", None)
    return (render.HEADER + yamlio.dump(guarded)).encode()
