"""Schedules as the operator reads them: robfig/cron v3 `ParseStandard`, five fields and some descriptors.

Besides whether a schedule fires, when: on which days, at which minutes of a day, and whether two fire together.
"""

from __future__ import annotations

import datetime
import functools
import re
from itertools import pairwise

from pggitops.record import record

_DESCRIPTORS = {
    "@yearly": "0 0 1 1 *",
    "@annually": "0 0 1 1 *",
    "@monthly": "0 0 1 * *",
    "@weekly": "0 0 * * 0",
    "@daily": "0 0 * * *",
    "@midnight": "0 0 * * *",
    "@hourly": "0 * * * *",
}
_ZONE = re.compile(r"(?:CRON_)?TZ=(\S+)\s+")
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
    text = _ZONE.sub("", schedule.strip(), count=1)
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


@record
class Times:
    """When a schedule fires: at each of `minutes` (of the day) of each of `days`, in the time zone `zone`.

    `days` are days since the first of January 2024, of the two years that begin there. Between two firings there are
    at most `longest_days` (1 for every day) and at least `shortest_minutes`.
    """

    zone: str
    minutes: frozenset[int]
    days: frozenset[int]
    longest_days: int
    shortest_minutes: int

    def meets(self, other: Times) -> bool:
        """Whether the two ever fire in the same minute; not known, and not said, of two time zones."""
        return _meet(self, other)


@functools.lru_cache(maxsize=1024)
def _meet(one: Times, other: Times) -> bool:
    is_together = not one.minutes.isdisjoint(other.minutes) and not one.days.isdisjoint(other.days)
    return is_together and one.zone == other.zone


_START = datetime.date(2024, 1, 1)
_WINDOW = 731


@functools.lru_cache(maxsize=1024)
def times(schedule: str) -> Times | None:
    """When a schedule fires, or None if the operator cannot use it or it fires less than once in two years."""
    if problem(schedule):
        return None
    zone = _ZONE.match(schedule.strip())
    text = _ZONE.sub("", schedule.strip(), count=1)
    words = _DESCRIPTORS.get(text, text).lower().split()
    minutes, hours = (sorted(_values(index, words[index])) for index in (0, 1))
    days, longest, shortest = _days(words[2], words[3], words[4])
    if not days:
        return None
    minutes = [hour * 60 + minute for hour in hours for minute in minutes]
    within = [later - minute for minute, later in pairwise(minutes)]
    across = shortest * 1440 - minutes[-1] + minutes[0]
    return Times(zone[1] if zone else "UTC", frozenset(minutes), days, longest, min([*within, across]))


def _values(index: int, word: str) -> set[int]:
    _, low, high, names = _FIELDS[index]
    return _field(word, low, high, names) or set()


@functools.cache
def _calendar() -> list[tuple[int, int, int]]:
    """Of each day looked at: the day of the month, the month, and the day of the week (0 for Sunday)."""
    dates = [_START + datetime.timedelta(number) for number in range(_WINDOW)]
    return [(date.day, date.month, date.isoweekday() % 7) for date in dates]


@functools.lru_cache(maxsize=1024)
def _days(day: str, month: str, weekday: str) -> tuple[frozenset[int], int, int]:
    """The days a schedule fires on, and the most and the fewest days between two.

    Of two restricted fields of days, one is enough.
    """
    days, months, weekdays = _values(2, day), _values(3, month), _values(4, weekday)
    both = _is_star(day) or _is_star(weekday)
    found = [
        number
        for number, (at, within, name) in enumerate(_calendar())
        if within in months and ((at in days and name in weekdays) if both else (at in days or name in weekdays))
    ]
    gaps = [later - day for day, later in pairwise(found)] or [_WINDOW]
    return frozenset(found), max(gaps), min(gaps)


def _is_star(word: str) -> bool:
    """Whether a field is unrestricted; with a step of more than one it is not."""
    return any(part in ("*", "?", "*/1", "?/1") for part in word.split(","))
