"""Layers become one document; and, asked afterwards, the origin of any value of it."""

from __future__ import annotations

from typing import Any

from pggitops.compose import merge
from pggitops.compose.layers import Layer, Loaded, Sources, environment_names, load, marks, place_in, strays
from pggitops.compose.origins import Origin, locate, origins

__all__ = [
    "Layer",
    "Loaded",
    "Origin",
    "Sources",
    "compose",
    "environment_names",
    "load",
    "locate",
    "marks",
    "origins",
    "place_in",
    "strays",
]


def compose(sources: Sources, layers: tuple[Layer, ...]) -> dict[str, Any]:
    """The composed document: short forms written out, `defaults` beneath every cluster, nulls gone.

    A cluster's `patch` becomes the list of its layers' patches, lowest first, nulls and all: they have not met the
    manifest yet. What the bases make together is kept in `sources`, since many environments share them.
    """
    bases = tuple(layer for layer in layers if layer.schema == "base")
    key = tuple(layer.file for layer in bases)
    if key not in sources.folded:
        sources.folded[key] = merge.fold(merge.expanded(layer.document) for layer in bases)
    own = (_whole(layer) for layer in layers if layer.schema != "base")
    return merge.whole(merge.fold(own, sources.folded[key]))


def _whole(layer: Layer) -> dict[str, Any]:
    """The layer as a patch on the whole environment."""
    if layer.prefix:
        return {"clusters": {layer.prefix[1]: layer.document}}
    return merge.expanded(layer.document)
