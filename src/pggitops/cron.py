"""Schedules as the operator reads them: robfig/cron v3 `ParseStandard`, five fields and some descriptors."""

from __future__ import annotations

import functools
import re

_DESCRIPTORS = frozenset(["@yearly", "@annually", "@monthly", "@weekly", "@daily", "@midnight", "@hourly"])
_MONTHS = ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"]
_DAYS = ["sun", "mon", "tue", "wed", "thu", "fri", "sat"]
_FIELDS: tuple[tuple[str, int, int, list[str]], ...] = (
    ("minute", 0, 59, []),
    ("hour", 0, 23, []),
    ("day of month", 1, 31, []),
    ("month", 1, 12, _MONTHS),
    ("day of week", 0, 6, _DAYS),
)
_LONGEST = [31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31]


@functools.lru_cache(maxsize=1024)
def problem(schedule: str) -> str | None:
    """Why the operator could not use a schedule, or None. `@every` parses, but makes the operator panic."""
    text = re.sub(r"^(CRON_)?TZ=\S+\s+", "", schedule.strip())
    if text.startswith("@"):
        if text.startswith("@every"):
            return "`@every` makes the operator panic"
        return None if text in _DESCRIPTORS else f"{text} is no descriptor"
    words = text.split()
    if len(words) != len(_FIELDS):
        return f"it has {len(words)} fields, not five"
    values = []
    for word, (name, low, high, names) in zip(words, _FIELDS, strict=True):
        found = _field(word.lower(), low, high, names)
        if found is None:
            return f'"{word}" is no {name} ({low} to {high})'
        values.append(found)
    days, months = values[2], values[3]
    if words[4] in ("*", "?") and not any(day <= _LONGEST[month - 1] for day in days for month in months):
        return "there is no such day in that month"
    return None


def _field(word: str, low: int, high: int, names: list[str]) -> set[int] | None:
    """The values of one field, or None if it is none."""
    values: set[int] = set()
    for part in word.split(","):
        found = _range(part, low, high, names)
        if found is None:
            return None
        values |= found
    return values


def _range(part: str, low: int, high: int, names: list[str]) -> set[int] | None:
    span, slash, step = part.partition("/")
    if slash and not (step.isdecimal() and int(step) > 0):
        return None
    if span in ("*", "?"):
        first, last = low, high
    else:
        begin, dash, end = span.partition("-")
        ends = [_number(begin, low, names), _number(end, low, names) if dash else None]
        if ends[0] is None or (dash and ends[1] is None):
            return None
        first = ends[0]
        last = ends[1] if ends[1] is not None else high if slash else first
    if not low <= first <= last <= high:
        return None
    return set(range(first, last + 1, int(step) if slash else 1))


def _number(text: str, low: int, names: list[str]) -> int | None:
    if text in names:
        return names.index(text) + low
    return int(text) if text.isdecimal() and text.isascii() else None
