"""Mistakes seeded in the example fleet, one at a time: each is found, at its line (see `seeded/README.md`)."""

from __future__ import annotations

import datetime
import re
from pathlib import Path
from typing import Any

import pytest

from pggitops import fleet
from pggitops.compose import environment_names
from pggitops.findings import Finding, Severity
from pggitops.pipeline import Settings
from seeding import mistakes, seeded

TODAY = datetime.date(2026, 11, 26)
CASES = [pytest.param(case, id=f"{family}: {case['mistake']}") for family, case in mistakes()]


def findings(root: Path) -> list[Finding]:
    """What is said of the fleet there."""
    names = environment_names(root)
    with fleet.spool() as spool:
        return fleet.run(Settings(root, TODAY), names, names, spool, lambda: None).findings


@pytest.mark.parametrize("case", CASES)
def test_it_is_found(case: dict[str, Any], tmp_path: Path) -> None:
    places = seeded(tmp_path, case)
    least = Severity.INFO if case.get("minor") else Severity.WARNING
    said = [finding for finding in findings(tmp_path) if finding.severity >= least]
    words = [word.lower() for word in str(case["says"]).split("|")]
    named = [one for one in said if any(word in f"{one.message} {one.fix}".lower() for word in words)]
    shown = "\n".join(f"{one.place}: {one.policy}: {one.message} {one.fix}" for one in said)
    if case.get("missed"):
        assert not named, f"found by now, take `missed` away:\n{shown}"
        return
    assert named, f"missed; said was:\n{shown}"
    assert places & {(one.place.file, one.place.line) for one in named}, f"not at {sorted(places)}:\n{shown}"


def test_the_page_that_compares_counts_these() -> None:
    """`docs/comparison.md` is made by hand, for Checkov is no part of the tests."""
    page = (Path(__file__).parent.parent / "docs" / "comparison.md").read_text()
    said = re.search(r"\| \*\*all\*\* \| (\d+) \| \d+ \| (\d+) \|", page)
    every = [case for _, case in mistakes()]
    missed = [case for case in every if case.get("missed")]
    assert said
    assert [int(count) for count in said.groups()] == [len(every), len(every) - len(missed)]
    assert len(re.findall(r"^- ", page, re.MULTILINE)) == len(missed)
