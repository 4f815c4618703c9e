"""Where the reason of an effect stands: the line of the overlay in the head; of what is gone, in the base."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import field
from pathlib import Path
from typing import Any

from pggitops import compose, placing
from pggitops.compose.merge import present
from pggitops.findings import Place
from pggitops.model import Manifest
from pggitops.plan import manifests, overlays, trees
from pggitops.plan.model import MISSING, Change, Effect, Steps
from pggitops.plan.overlays import Overlays
from pggitops.record import mutable

_KEYS = ("name", "key", "type", "containerPort", "port", "mountPath", "devicePath", "ip", "topologyKey")
"""What keys the items of the lists of rendered kinds that are maps."""

Known = dict[tuple[str, Steps, Steps], Steps]
"""Overlay paths by template, item and path in the manifest, a cluster's own name left out."""

_known: Known = {}


@mutable
class Where:
    """What places are looked for in: the head's overlay, if there is one, and the base's."""

    head: placing.Context | None
    base: Overlays
    base_name: str
    found: dict[tuple[str, Steps], Place] = field(default_factory=dict)
    files: dict[str, manifests.Positions] = field(default_factory=dict)


def of_effect(where: Where, effect: Effect) -> Place:
    """The place of the first change that says where it comes from."""
    change = effect.changes[0] if effect.changes else None
    return Place("environments") if change is None else of_change(where, change)


def of_change(where: Where, change: Change) -> Place:
    """The overlay's line; the manifest's first where no overlay is known."""
    at = (change.shown, change.path)
    if at not in where.found:
        where.found[at] = _of_change(where, change)
    return where.found[at]


def _of_change(where: Where, change: Change) -> Place:
    if change.new is not MISSING and where.head is not None:
        place = _in_overlay(where.head, change)
        if place is not None:
            return place
    if change.new is MISSING or where.head is None:
        base = overlays.context(where.base, where.base_name) if where.base_name else None
        place = _in_overlay(base, change) if base is not None else None
        if place is not None:
            return place
    return _in_folder(where, change) if change.given else Place(change.file)


def _in_folder(where: Where, change: Change) -> Place:
    """Where a change stands in a file of a folder that somebody named."""
    if change.given not in where.files:
        where.files[change.given] = manifests.positions(Path(change.given).read_bytes())
    found = where.files[change.given].get(change.object._replace(target=""))
    if found is None:
        return Place(change.given)
    document, prefix, at = found
    return compose.place_in(Path(), change.given, (*prefix, *indexed(document, change.path)), False, at)


def _in_overlay(context: placing.Context, change: Change) -> Place | None:
    manifest = _manifest(context, change)
    if manifest is None:
        return None
    path = indexed(manifest.document, change.path)
    if manifest.source:
        return compose.place_in(context.root, manifest.source, path, False, manifest.document_index)
    return compose.locate(context.root, context.layers, _overlay_path(context, manifest, path), at_key=not path)


def _manifest(context: placing.Context, change: Change) -> Manifest | None:
    """The manifest of the object; by its name too, where the object has another file on the other side."""
    file = change.file.removeprefix(trees.RENDERED)
    for manifest in context.manifests.values():
        metadata = manifest.document["metadata"]
        if (manifest.document["kind"], metadata["name"]) == (change.object.kind, change.object.name) and (
            f"{manifest.output or context.name}/{manifest.path}" == file
            or str(metadata.get("namespace") or "") == change.object.namespace
        ):
            return manifest
    return None


def _overlay_path(context: placing.Context, manifest: Manifest, path: Steps) -> Steps:
    """`placing.overlay_path`, remembered for manifests that are alike: tracing one costs more than planning it.

    What a patch may have set, and what was found at no word of its own, is traced each time.
    """
    own = ("clusters", manifest.cluster)
    cluster = context.environment.clusters.get(manifest.cluster)
    if cluster is not None and cluster.patch:
        return placing.overlay_path(context, manifest, path)
    key = (manifest.template, tuple(_anonymous(manifest, manifest.item)), path)
    known = _known.get(key)
    if known is not None:
        mine = tuple(manifest.cluster if at == 1 and known[0] == "clusters" else step for at, step in enumerate(known))
        if present(context.document, mine):
            return mine
    found = placing.overlay_path(context, manifest, path)
    is_shared = found[:1] != ("clusters",) or found[:2] == own
    if is_shared and len(found) > 2 and present(context.document, found):
        _known[key] = found
    return found


def _anonymous(manifest: Manifest, item: Steps) -> Steps:
    return tuple("" if at == 1 and step == manifest.cluster else step for at, step in enumerate(item))


def indexed(document: Mapping[str, Any], path: Steps) -> Steps:
    """A path whose steps name items of keyed lists, with their indexes instead; as far as the document has it."""
    here: Any = document
    found: list[str | int] = []
    for step in path:
        if isinstance(here, list):
            index = step if isinstance(step, int) else _index(here, step)
            if index is None or index >= len(here):
                break
            found.append(index)
            here = here[index]
        elif isinstance(here, Mapping) and step in here:
            found.append(step)
            here = here[step]
        else:
            found += [step] if isinstance(here, Mapping) else []
            break
    return tuple(found)


def _index(items: list[Any], step: str) -> int | None:
    for index, item in enumerate(items):
        if item == step:
            return index
        if isinstance(item, Mapping):
            if any(str(item.get(key)) == step for key in _KEYS if key in item):
                return index
            values = {str(value) for value in item.values() if not isinstance(value, (Mapping, list))}
            if "," in step and set(step.split(",")) <= values:
                return index
    return None


def in_environment(where: Where, name: str, path: Steps, at_key: bool = False) -> Place:
    """Where a path of the overlay stands, or its nearest parent; the environment's file where nothing can be read."""
    context = where.head
    if context is None:
        return Place(f"environments/{name}/environment.yaml")
    return compose.locate(context.root, context.layers, path, at_key)
