"""Composed documents to try things on: every environment of the example fleet and of the golden one."""

from __future__ import annotations

import functools
from pathlib import Path
from typing import Any

from pggitops import compose
from pggitops.compose import Sources, environment_names

ROOT = Path(__file__).parent.parent
FLEETS = (ROOT, ROOT / "tests" / "golden" / "fleet")


@functools.cache
def documents() -> dict[str, dict[str, Any]]:
    """Each environment's composed document by its name."""
    found = {}
    for root in FLEETS:
        sources = Sources(root)
        for name in environment_names(root):
            found[name] = compose.compose(sources, compose.load(sources, name).layers)
    return found
