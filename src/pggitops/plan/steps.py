"""The safe ways: for each dangerous change what to do instead."""

from __future__ import annotations

from collections.abc import Mapping

from pggitops.record import record


@record
class Way:
    """The safe way of one kind of change, in order."""

    id: str
    title: str


def ways() -> Mapping[str, Way]:
    """Every way by its id."""
    return {}


def lines(way: Way) -> list[str]:
    """A way as numbered lines of text."""
    return []
