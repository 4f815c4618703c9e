"""The table of effects: its rows, and which of them may be about a path.

The rows are written in `rows/*.yaml`, by area; `make generate` puts them into `data/effects.json`, which is what is
read. In a pattern `*` is any one step (an item, a key) and a `**` at its end any number of steps.
"""

from __future__ import annotations

import functools
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from pggitops.plan.model import EffectKind, Risk, Steps
from pggitops.record import record

ROWS = Path(__file__).parent / "rows"
_DATA = Path(__file__).parent.parent.parent / "data" / "effects.json"

Pattern = tuple[str, ...]

ANY_KIND = "*"
"""The kind of rows about objects of any kind; a kind's own rows come first."""


@record
class Row:
    """One row. `at` are the patterns it is about, none for one that code finds; `kind` the kind of object.

    It holds if the change `is` one of these, `from_` and `to` are its values (where given), every predicate of `if_`
    says yes and none of `unless` does. Rows of more special patterns come first, then those written first; the first
    that holds is taken, and those that hold `also` besides.

    `rolls` are the pods whose templates change: `instances` (of all sets), `set` (of the one in the path),
    `pgbouncer`, `repo-host`. `by_hand` is what a person must do, `backup` what happens to a backup that runs.
    """

    id: str
    kind: str
    at: tuple[Pattern, ...]
    is_: frozenset[str]
    from_: tuple[Any, ...]
    to: tuple[Any, ...]
    if_: Mapping[str, Any]
    unless: Mapping[str, Any]
    effect: EffectKind
    risk: Risk
    says: str
    why: str
    source: str
    steps: str
    undo: str
    rolls: tuple[str, ...]
    also: bool
    by_hand: str
    backup: str
    number: int


@functools.cache
def _table() -> tuple[dict[str, Row], dict[str, dict[str, Any]]]:
    """The rows by id, and by kind of object a tree of patterns; the rows of a pattern stand under the key ``."""
    rows: dict[str, Row] = {}
    trees: dict[str, dict[str, Any]] = {}
    for number, written in enumerate(json.loads(_DATA.read_bytes())["rows"]):
        row = _row(written, number)
        rows[row.id] = row
        for pattern in row.at:
            for kind in row.kind.split("|"):
                node = trees.setdefault(kind, {})
                for step in pattern:
                    node = node.setdefault(step, {})
                node.setdefault("", []).append(row)
    return rows, trees


def rows() -> Mapping[str, Row]:
    """Every row by its id."""
    return _table()[0]


def _row(written: Mapping[str, Any], number: int) -> Row:
    return Row(
        id=written["id"],
        kind=written["kind"],
        at=tuple(tuple(pattern) for pattern in written.get("at", ())),
        is_=frozenset(written.get("is", ())),
        from_=tuple(written.get("from", ())),
        to=tuple(written.get("to", ())),
        if_=written.get("if", {}),
        unless=written.get("unless", {}),
        effect=EffectKind(written["effect"]),
        risk=Risk[written["risk"].upper()],
        says=written["says"],
        why=written["why"],
        source=written["source"],
        steps=written.get("steps", ""),
        undo=written.get("undo", ""),
        rolls=tuple(written.get("rolls", ())),
        also=written.get("also", False),
        by_hand=written.get("by_hand", ""),
        backup=written.get("backup", ""),
        number=number,
    )


Found = tuple[tuple[int, ...], Row, Steps]


def candidates(kind: str, path: Steps, is_whole: bool = False) -> list[tuple[Row, Steps]]:
    """The rows whose pattern is that of a path, the most special first, each with the steps that its `*` stood for.

    A whole part of an object (`is_whole`) is for a `**` only where no row is about something beneath it.
    """
    trees = _table()[1]
    found: list[Found] = []
    is_open = False
    for each in (kind, ANY_KIND):
        if each in trees:
            is_open |= _search(trees[each], path, 0, (), (), found)
    found.sort(key=lambda each: (each[0], each[1].kind == ANY_KIND, each[1].number))
    return [(row, captures) for rank, row, captures in found if not (is_whole and is_open and rank[-1:] == (2,))]


def _search(
    node: Mapping[str, Any], path: Steps, index: int, captures: Steps, rank: tuple[int, ...], found: list[Found]
) -> bool:
    """Collects what matches, and tells whether there are patterns that go on from there.

    The rank of a literal step is 0, of `*` 1 and of `**` 2, so that special ones sort first.
    """
    if "**" in node:
        found.extend(((*rank, 2), row, captures) for row in node["**"][""])
    if index == len(path):
        found.extend(((*rank, -1), row, captures) for row in node.get("", ()))
        return bool(node.keys() - {"", "**"})
    step = path[index]
    is_open = False
    if isinstance(step, str) and step and step in node and step not in ("*", "**"):
        is_open = _search(node[step], path, index + 1, captures, (*rank, 0), found)
    if "*" in node:
        is_open |= _search(node["*"], path, index + 1, (*captures, step), (*rank, 1), found)
    return is_open
