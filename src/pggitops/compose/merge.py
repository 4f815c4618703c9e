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
    """Layers on their way to one document: `rest` is merged; defaults and clusters are still `apart`, layer by layer.

    Clusters meet the defaults of all layers before they meet each other, so that a null removes a default whichever
    layer it came from.
    """

    rest: Document = field(default_factory=dict)
    apart: tuple[Document, ...] = ()


def fold(layers: Iterable[Document], beneath: Folded | None = None) -> Folded:
    """Layers, lowest first, laid over what has been folded before."""
    beneath = beneath or Folded()
    rest, apart = beneath.rest, list(beneath.apart)
    for layer in layers:
        rest = merge(rest, {word: value for word, value in layer.items() if word not in _APART})
        if "defaults" in layer or "clusters" in layer:
            apart.append({word: layer[word] for word in ("defaults", "clusters") if word in layer})
    return Folded(rest, tuple(apart))


def clusters(apart: Iterable[Document]) -> Document:
    """Every cluster with the defaults beneath it: the `clusters` of the composed document."""
    patches: dict[str, list[Document]] = {}
    defaults: list[Document] = []
    for layer in apart:
        if "defaults" in layer:
            defaults = [*defaults, layer["defaults"]] if layer["defaults"] is not None else []
        if layer.get("clusters", ()) is None:
            patches.clear()
        for name, patch in (layer.get("clusters") or {}).items():
            if patch is None:
                patches.pop(name, None)
            else:
                patches.setdefault(name, []).append(patch)
    beneath = _Beneath(defaults)
    return {name: _cluster(beneath, own) for name, own in patches.items()}


class _Beneath:
    """The defaults of all layers: merged once, and one by one for what must stay a patch."""

    def __init__(self, layers: list[Document]) -> None:
        self.layers = layers
        self.merged: Document = {}
        for layer in layers:
            self.merged = merge(self.merged, _without_patches(layer))


def _cluster(beneath: _Beneath, own: list[Document]) -> Document:
    result = beneath.merged
    for patch in own:
        result = merge(result, _without_patches(patch))
    layers = beneath.layers + own
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


def _patches(layers: list[Document]) -> list[Document]:
    """The patches in the order they are applied to the manifest; a null drops those of lower layers."""
    patches: list[Document] = []
    for layer in layers:
        if "patch" in layer:
            patches = [*patches, layer["patch"]] if layer["patch"] is not None else []
    return patches


def _sets(main: Document, layers: list[Document]) -> Document:
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
