"""What `accept` may name: the kinds of effects, and the rules that tell of them, which `pggitops plan` knows.

Both stand in the table that a plan reads, `data/effects.json`; a plan itself is made of what is rendered.
"""

from __future__ import annotations

import functools
import json
from pathlib import Path

_DATA = Path(__file__).parent / "data" / "effects.json"


@functools.cache
def kinds_and_rules() -> tuple[tuple[str, ...], tuple[str, ...]]:
    """The kinds as they are declared, and the ids of the rules."""
    table = json.loads(_DATA.read_bytes())
    return tuple(table["kinds"]), tuple(row["id"] for row in table["rows"])
