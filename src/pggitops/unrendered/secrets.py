"""Secrets in the text of files that hold objects nobody rendered: in values, in comments, in SQL."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from pggitops.committed import Committed, is_told, is_told_of, nearest
from pggitops.findings import Place
from pggitops.plain_secrets import Spot
from pggitops.unrendered.files import Read, Source
from pggitops.unrendered.groups import Group, Steps


def committed(read: Read, group: Group) -> Iterator[Committed]:
    """Each secret in the text of a group's objects, but what other policies tell of by the value's path."""
    by_file: dict[str, list[tuple[str, Source]]] = {}
    for name, source in group.objects.items():
        by_file.setdefault(source.file, []).append((name, source))
    for file, objects in by_file.items():
        for spot in read.spots(file):
            held = _holder(read, objects, spot)
            if held is None:
                continue
            name, path = held
            # policies on clusters see those without errors
            is_judged = name in group.sound.values() and is_told(path)
            if not is_judged and not is_told_of(group.objects[name].document["kind"], path):
                yield Committed(spot, Place(file, spot.line, spot.column), path, name)


def _holder(read: Read, objects: Sequence[tuple[str, Source]], spot: Spot) -> tuple[str, Steps] | None:
    """Which of the objects of a file a spot is in, and the path in it (none for a comment's); None if it is in another.

    A comment above the first document is the first object's.
    """
    here = [one for one in objects if one[1].line <= spot.line and not (one[1].until or spot.line + 1) <= spot.line]
    if not here:
        first_name, first = objects[0]
        is_above = spot.in_comment and first.number == 0 and spot.line < first.line
        return (first_name, ()) if is_above else None
    path = nearest(read.marks(here[0][1]), spot)[1]
    for name, source in here:
        length = len(source.prefix)
        if path[:length] == source.prefix:
            return name, () if spot.in_comment else path[length:]
    return None
