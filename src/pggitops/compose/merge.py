"""JSON Merge Patch (RFC 7396), the only way layers meet, and how an environment's layers become one document."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import field
from typing import Any

from pggitops.record import record

Document = dict[str, Any]


def merge(target: Any, patch: Any) -> Any:
    """`patch` applied to `target`: maps merge, lists and scalars replace, null deletes.

    Neither argument is changed; the result shares what the patch did not touch, so documents are never edited in place.
    """
    if not isinstance(patch, dict):
        return patch
    result = dict(target) if isinstance(target, dict) else {}
    for key, value in patch.items():
        if value is None:
            result.pop(key, None)
        elif value.__class__ is dict:
            result[key] = merge(result.get(key), value)
        else:
            result[key] = value
    return result


def expanded(document: Document) -> Document:
    """A layer with its short forms written out: `namespace: name` and `policies: {id: warning}`."""
    changes: Document = {}
    namespace, policies = document.get("namespace"), document.get("policies")
    if isinstance(namespace, str):
        changes["namespace"] = {"name": namespace}
    if isinstance(policies, dict) and any(isinstance(setting, str) for setting in policies.values()):
        changes["policies"] = {
            name: {"severity": setting} if isinstance(setting, str) else setting for name, setting in policies.items()
        }
    return {**document, **changes} if changes else document


_APART = frozenset(["apiVersion", "kind", "defaults", "clusters"])


@record
class Folded:
    """Layers on their way to one document: `rest` is merged; clusters are apart, each with its words layer by layer.

    Clusters meet the defaults of all layers before they meet each other, so that a null removes a default whichever
    layer it came from. `defaults` are those of each layer, for what must stay a patch, and `beneath` is what the others
    make together.
    """

    rest: Document = field(default_factory=dict)
    defaults: tuple[Document, ...] = ()
    beneath: Document = field(default_factory=dict)
    clusters: Mapping[str, tuple[Document, ...]] = field(default_factory=dict)


def fold(layers: Iterable[Document], below: Folded | None = None) -> Folded:
    """Layers, lowest first, laid over what has been folded before."""
    below = below or Folded()
    rest, defaults, beneath, clusters = below.rest, below.defaults, below.beneath, dict(below.clusters)
    for layer in layers:
        rest = merge(rest, {word: value for word, value in layer.items() if word not in _APART})
        words = layer.get("defaults")
        if words is not None:
            defaults, beneath = (*defaults, words), merge(beneath, _without_patches(words))
        elif "defaults" in layer:
            defaults, beneath = (), {}
        if layer.get("clusters", ()) is None:
            clusters.clear()
        for name, patch in (layer.get("clusters") or {}).items():
            if patch is None:
                clusters.pop(name, None)
            else:
                clusters[name] = (*clusters.get(name, ()), patch)
    return Folded(rest, defaults, beneath, clusters)


def whole(folded: Folded) -> Document:
    """The composed document: every cluster with the defaults beneath it."""
    return {**folded.rest, "clusters": {name: _cluster(folded, own) for name, own in folded.clusters.items()}}


def _cluster(folded: Folded, own: tuple[Document, ...]) -> Document:
    result = folded.beneath
    for words in own:
        result = merge(result, _without_patches(words))
    layers = (*folded.defaults, *own)
    if any("patch" in layer for layer in layers):
        patches = _patches(layers)
        if patches:
            result = {**result, "patch": patches}
    if any("sets" in (layer.get("instances") or ()) for layer in layers):
        main = result.get("instances") or {}
        result = {**result, "instances": {**main, "sets": _sets(main, layers)}}
    return result


def _without_patches(cluster: Document) -> Document:
    """A cluster's words without `patch` and `instances.sets`, whose nulls have not met what they delete yet."""
    instances = cluster.get("instances")
    if "patch" in cluster:
        cluster = {word: value for word, value in cluster.items() if word != "patch"}
    if isinstance(instances, dict) and "sets" in instances:
        main = {word: value for word, value in instances.items() if word != "sets"}
        cluster = {**cluster, "instances": main}
    return cluster


def _patches(layers: Iterable[Document]) -> list[Document]:
    """The patches in the order they are applied to the manifest; a null drops those of lower layers."""
    patches: list[Document] = []
    for layer in layers:
        if "patch" in layer:
            patches = [*patches, layer["patch"]] if layer["patch"] is not None else []
    return patches


def _sets(main: Document, layers: Iterable[Document]) -> Document:
    """The further instance sets, each laid over the main one's words."""
    beneath = {word: value for word, value in main.items() if word != "name"}
    sets: Document = {}
    for layer in layers:
        instances = layer.get("instances", {})
        own = None if instances is None else instances.get("sets", {})
        if own is None:
            sets.clear()
            continue
        for name, words in own.items():
            if words is None:
                sets.pop(name, None)
            else:
                sets[name] = merge(sets.get(name, beneath), words)
    return {name: {**words, "name": name} for name, words in sets.items()}


def present(document: Any, path: Iterable[str | int]) -> bool:
    """Whether a document has something, be it null, at a path."""
    try:
        value(document, path)
    except (KeyError, IndexError, TypeError):
        return False
    return True


def value(document: Any, path: Iterable[str | int]) -> Any:
    """What a document has at a path; KeyError, IndexError or TypeError where there is nothing."""
    for step in path:
        if isinstance(document, Mapping) != isinstance(step, str):
            raise KeyError(step)
        document = document[step]
    return document
