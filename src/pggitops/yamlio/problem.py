"""What is wrong with a text as YAML."""

from __future__ import annotations

from pggitops.record import value


@value
class Problem:
    """One complaint: `id` is a word for it, `fix` what to do; `line` and `column` count characters, from 1."""

    id: str
    message: str
    fix: str
    line: int = 1
    column: int = 1
