"""Whether a text is without secrets, by its lines: files of a fleet are alike, and most lines have been seen before.

Every search of `plain_secrets` begins at a mark (`passw`, `://`) and ends on that line, but for three that go on below
it: a private key, a block (`password: |`), and a word at the end of its line (`name: PASSWORD` above `value:`, SQL).
So a line without a mark is clean in any text, and so is one where nothing is found and none of the three begins.
"""

from __future__ import annotations

from pggitops.plain_secrets import MARKS, find, goes_on_below, lowered

_MOST, _LONGEST = 1024, 200
"""How many lines are remembered, and how long one may be: a large fleet keeps as few as a small one."""

_SHORTEST = [mark for mark in sorted(MARKS) if not any(other in mark for other in MARKS - {mark})]

_clean: set[str] = set()


def is_clean(text: str) -> bool:
    """Whether its lines tell that `find` finds nothing in a text; if not, it has to be asked."""
    new = [line for line in text.split("\n") if line not in _clean]
    if _has_mark("\n".join(new)) and not all(map(_is_clean, new)):
        return False
    if len(_clean) > _MOST:
        _clean.clear()
    _clean.update([line for line in new if len(line) <= _LONGEST])
    return True


def _has_mark(text: str) -> bool:
    return any(map(lowered(text).__contains__, _SHORTEST))


def _is_clean(line: str) -> bool:
    """Whether nothing begins on a line, whatever stands below it."""
    if not _has_mark(line):
        return True
    return not goes_on_below(lowered(line)) and not find(line)
