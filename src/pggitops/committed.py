"""The secrets in the files that an environment is made of: its layers, its ready manifests, its templates."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

from pggitops import pgbackrest, yamlio
from pggitops.clean_lines import is_clean
from pggitops.compose import Layer, Sources
from pggitops.findings import Place
from pggitops.model import Manifest
from pggitops.plain_secrets import Spot, find
from pggitops.record import record

Steps = tuple[str | int, ...]


@record
class Committed:
    """A secret in a file; `path` is the overlay's, or that in the object which a violation calls `manifest`."""

    spot: Spot
    place: Place
    path: Steps = ()
    manifest: str = ""


def secrets(
    sources: Sources, layers: Iterable[Layer], passthrough: Iterable[str], manifests: Mapping[str, Manifest]
) -> Iterator[Committed]:
    """Each secret in the files of an environment, but what other policies tell of by the value's path."""
    seen = {layer.file: layer for layer in layers}
    for file, layer in seen.items():
        for spot in _spots(sources, file, layer.schema == "base", layer.data):
            path = () if spot.in_comment else (*layer.prefix, *_path(sources.root, file, 0, spot))
            if not is_told(path):
                yield Committed(spot, Place(file, spot.line, spot.column), path)
    ready = dict.fromkeys([*passthrough, *(manifest.source for manifest in manifests.values() if manifest.source)])
    for file in ready:
        for spot in _spots(sources, file, not file.startswith("environments/")):
            identity, path = _object(sources.root, file, spot, manifests)
            kind = manifests[identity].document["kind"] if identity else ""
            if not is_told_of(kind, path):
                yield Committed(spot, Place(file, spot.line, spot.column), path, identity)


# `secret-in-plain` and `sops-incomplete` tell of these
_TOLD = {"Secret": (("data",), ("stringData",), ("sops",))}


def is_told_of(kind: str, path: Steps) -> bool:
    """Whether a policy of its own judges what stands there in an object of that kind, or it is encrypted."""
    return path[:1] in _TOLD.get(kind, ()) or path[:2] == ("spec", "encryptedData")


def is_told(path: Steps) -> bool:
    """Whether a policy of its own judges the value: the repository's URL, a user's options, an option of pgBackRest."""
    of_user = path[-3:-2] == ("users",) and path[-1] == "options"
    return path == ("delivery", "repository") or of_user or (bool(path) and pgbackrest.is_secret(str(path[-1])))


def _spots(sources: Sources, file: str, is_shared: bool, data: bytes | None = None) -> list[Spot]:
    """The secrets of a file; one that environments share is searched once."""
    if file in sources.spots:
        return sources.spots[file]
    if data is None:
        data = _read(sources.root / file)
    text = data.decode("utf-8", "replace")
    spots = [] if is_clean(text) else find(text)
    if is_shared:
        sources.spots[file] = spots
    return spots


def _read(file: Path) -> bytes:
    try:
        return file.read_bytes()
    except OSError:
        return b""


def _path(root: Path, file: str, document: int, spot: Spot) -> Steps:
    return nearest(yamlio.marks((root / file).read_bytes(), document), spot)[1]


def nearest(marks: Mapping[Steps, yamlio.Mark], spot: Spot) -> tuple[tuple[int, int], Steps]:
    """The last value that begins before or at the spot, and where."""
    at = (spot.line, spot.column)
    before = [(mark.value, path) for path, mark in marks.items() if mark.value <= at]
    return max(before, key=lambda one: (one[0], len(one[1])), default=((0, 0), ()))


def _object(root: Path, file: str, spot: Spot, manifests: Mapping[str, Manifest]) -> tuple[str, Steps]:
    """The object of a file that a spot is in, and the path in it; none for a comment's."""
    data = (root / file).read_bytes()
    found = [
        (*nearest(yamlio.marks(data, manifest.document_index), spot), identity)
        for identity, manifest in manifests.items()
        if manifest.source == file
    ]
    _, path, identity = max(found, key=lambda one: one[0], default=((0, 0), (), ""))
    return identity, () if spot.in_comment else path
