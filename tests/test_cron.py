"""Schedules as robfig/cron v3 `ParseStandard` reads them."""

from __future__ import annotations

import pytest

from pggitops import units
from pggitops.cron import problem, times

GOOD = [
    "17 1 * * 0",
    "*/15 * * * *",
    "0 0 1,15 * 1-5",
    "5 4 * * sun",
    "5 4 * jan-mar MON",
    "0 0 ? * ?",
    "10-50/10 3 * * *",
    "5/20 * * * *",
    "@daily",
    "@weekly",
    "@midnight",
    "TZ=Europe/Berlin 0 3 * * *",
    "CRON_TZ=UTC 0 3 * * *",
    "0 0 29 2 *",
    "0 0 31 1,2 *",
    "0 0 30 2 1",
]
BAD = {
    "@every 1h": "panic",
    "@sometimes": "no descriptor",
    "0 17 1 * * 0": "6 fields",
    "17 1 * *": "4 fields",
    "60 1 * * 0": "minute",
    "17 24 * * 0": "hour",
    "17 1 0 * *": "day of month",
    "17 1 * 13 *": "month",
    "17 1 * * 7": "day of week",
    "17 1 * * sonntag": "day of week",
    "5-1 * * * *": "minute",
    "*/0 * * * *": "minute",
    "17 1 30 2 *": "no such day",
    "17 1 31 4,6,9,11 *": "no such day",
    "": "0 fields",
    "a b c d e": "minute",
}


@pytest.mark.parametrize("schedule", GOOD)
def test_fires(schedule: str) -> None:
    assert problem(schedule) is None


@pytest.mark.parametrize(("schedule", "reason"), BAD.items())
def test_never_fires(schedule: str, reason: str) -> None:
    assert reason in (problem(schedule) or "")


@pytest.mark.parametrize(
    ("schedule", "longest_days", "shortest_minutes"),
    [
        ("17 1 * * 0", 7, 7 * 1440),
        ("17 1 * * 1-6", 2, 1440),
        ("*/15 * * * *", 1, 15),
        ("17 */6 * * *", 1, 360),
        ("50 23,0 * * *", 1, 60),
        ("0 0 1 * *", 31, 28 * 1440),
        ("0 0 1,15 * *", 17, 14 * 1440),
        ("0 0 1 * 0", 7, 1440),  # either of two restricted days
        ("0 0 */2 * 0", 2, 1440),  # a step restricts too
        ("@weekly", 7, 7 * 1440),
        ("@hourly", 1, 60),
        ("@yearly", 366, 366 * 1440),
        ("0 0 29 2 *", 731, 731 * 1440),
        ("TZ=Europe/Berlin 0 3 * * sun", 7, 7 * 1440),
    ],
)
def test_how_far_apart(schedule: str, longest_days: int, shortest_minutes: int) -> None:
    found = times(schedule)
    assert found
    assert (found.longest_days, found.shortest_minutes) == (longest_days, shortest_minutes)


@pytest.mark.parametrize(
    ("one", "other", "together"),
    [
        ("17 1 * * 0", "17 1 * * *", True),
        ("17 1 * * 0", "17 1 * * 1-6", False),
        ("17 1 * * 0", "17 */6 * * *", False),
        ("0 0 * * 0", "@daily", True),
        ("0 0 1 * *", "0 0 * * 1", True),
        ("0 0 1 1 *", "0 0 1 2 *", False),
        ("TZ=Europe/Berlin 0 3 * * *", "0 3 * * *", False),
        ("TZ=Europe/Berlin 0 3 * * *", "CRON_TZ=Europe/Berlin 0 3 * * 0", True),
    ],
)
def test_fire_together(one: str, other: str, together: bool) -> None:
    first, second = times(one), times(other)
    assert first
    assert second
    assert first.meets(second) is together
    assert second.meets(first) is together


@pytest.mark.parametrize("schedule", BAD)
def test_what_never_fires_has_no_times(schedule: str) -> None:
    assert times(schedule) is None


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("8Gi", 8 * 2**30),
        ("500m", 0.5),
        (2, 2),
        ("1.5Gi", 1.5 * 2**30),
        ("1k", 1000),
        ("0.1", 0.1),
        ("100u", 0.0001),
        (".3k", 300),
        ("-2.7G", -2.7e9),
    ],
)
def test_quantities(text: str, number: float) -> None:
    assert float(units.quantity(text)) == units.rounded(text) == pytest.approx(number)


@pytest.mark.parametrize("text", ["8GB", "8 Gi", "", "Gi", "1e", "x"])
def test_no_quantities(text: str) -> None:
    with pytest.raises(ValueError, match="no quantity"):
        units.quantity(text)
    with pytest.raises(ValueError, match="no quantity"):
        units.rounded(text)


def test_durations() -> None:
    assert [units.seconds(text) for text in ("30s", "2m", "12h", "90d", "2w")] == [30, 120, 43200, 7776000, 1209600]
    with pytest.raises(ValueError, match="no duration"):
        units.seconds("1y")
