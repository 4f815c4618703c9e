"""`data/effects.json`, the table of effects, from `plan/effects/rows/*.yaml`."""

from __future__ import annotations

import itertools
import json
import re
from collections.abc import Iterator
from typing import Any

from pggitops import yamlio
from pggitops.plan.effects.table import ROWS
from pggitops.plan.model import EffectKind

_LISTS = ("is", "from", "to", "rolls")
_STEP = re.compile(r"\[([^\]]*)\]|\{([^}]*)\}|([^.\[{]+)")
_SHORT = {"pc/": "internal/controller/postgrescluster/", "pg/": "percona/controller/pgcluster/"}


def effects_table() -> str:
    """The kinds, then one row a line; what may be one value or several is a list, and patterns are lists of steps."""
    kinds = json.dumps([str(kind) for kind in EffectKind], separators=(",", ":"))
    lines = [json.dumps(row, ensure_ascii=False, separators=(",", ":")) for row in written_rows()]
    return f'{{"kinds":{kinds},\n"rows":[\n' + ",\n".join(lines) + "\n]}\n"


def written_rows() -> Iterator[dict[str, Any]]:
    """The rows as the table is read. ValueError for a file that cannot be read."""
    for file in sorted(ROWS.glob("*.yaml")):
        document, problems = yamlio.load(file.read_bytes())
        if problems:
            raise ValueError(f"{file.name}:{problems[0].line}: {problems[0].message}")
        for row in document["rows"]:
            yield _read(row, document["kind"])


_WORDS = frozenset(["id", "kind", "at", "is", "from", "to", "if", "unless", "also", "effect", "risk", "says", "why"])
_MORE_WORDS = frozenset(["source", "steps", "undo", "rolls", "hand", "backup"])


def _read(row: dict[str, Any], kind: str) -> dict[str, Any]:
    if unknown := row.keys() - _WORDS - _MORE_WORDS:
        raise ValueError(f"{row['id']}: no such words: {', '.join(sorted(unknown))}")
    read = {"kind": kind, **row}
    for word in _LISTS:
        if word in read and not isinstance(read[word], list):
            read[word] = [read[word]]
    at = row["at"] if isinstance(row["at"], list) else [row["at"]]
    read["at"] = [pattern for text in at for pattern in patterns(text)]
    if "hand" in read:
        read["by_hand"] = read.pop("hand")
    for short, long in _SHORT.items():
        read["source"] = re.sub(rf"(?<![\w/]){short}", long, read["source"])
    return read


def patterns(text: str) -> Iterator[list[str]]:
    """The patterns of a text: steps with dots between them, `[a.b/c]` for one with dots, `{a,b}` for several."""
    if text == "()":
        yield []
        return
    choices = [
        (quoted and [quoted]) or (several.split(",") if several else [plain])
        for quoted, several, plain in _STEP.findall(text)
    ]
    yield from (list(each) for each in itertools.product(*choices))
