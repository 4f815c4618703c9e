"""The origin of a value: found afterwards, by asking each layer from the top whether it holds the path."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from pggitops.compose.layers import Layer, Steps, place_in
from pggitops.compose.merge import present, value
from pggitops.findings import Place
from pggitops.record import record


@record
class Origin:
    """One layer's say on a value: where it stands and what stands there (null: it deletes)."""

    place: Place
    value: Any


def locate(root: Path, layers: tuple[Layer, ...], path: Steps, at_key: bool = False) -> Place:
    """Where the composed document's `path` was written: the topmost layer that holds it, or its nearest parent.

    The nearest parent is the longest part of the path that any layer holds; the overlay's first line if none does.
    """
    for length in range(len(path), 0, -1):
        for layer, own in _holders(layers, path[:length]):
            return place_in(root, layer.file, own, at_key and length == len(path))
    overlay = next((layer for layer in layers if layer.schema != "base" and not layer.prefix), None)
    return Place(overlay.file if overlay else layers[-1].file if layers else "environments")


def origins(root: Path, layers: tuple[Layer, ...], path: Steps) -> list[Origin]:
    """Every layer that says something of a value, the one that gave it first and those it shadowed behind it."""
    return [
        Origin(place_in(root, layer.file, own), value(layer.document, own)) for layer, own in _holders(layers, path)
    ]


def _holders(layers: tuple[Layer, ...], path: Steps) -> Iterator[tuple[Layer, Steps]]:
    """The layers that hold a path, topmost first, each with the path in its own document."""
    for variant in _variants(path):
        for layer in reversed(layers):
            own = variant[len(layer.prefix) :]
            if variant[: len(layer.prefix)] == layer.prefix and present(layer.document, own):
                yield layer, own


def _variants(path: Steps) -> Iterator[Steps]:
    """The places a value of the composed document can come from, most specific first.

    A cluster's word may stand in `defaults`, an instance set's among the main one's words.
    """
    yield path
    if path[:1] != ("clusters",) or len(path) < 3:
        return
    cluster, words = path[:2], path[2:]
    yield ("defaults", *words)
    if words[:2] == ("instances", "sets") and len(words) > 3:
        yield (*cluster, "instances", *words[3:])
        yield ("defaults", "instances", *words[3:])
