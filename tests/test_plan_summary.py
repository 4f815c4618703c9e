"""What a cluster goes through as a whole."""

from __future__ import annotations

from typing import Any

import pytest

from pggitops.plan import effects, summary
from plan_sides import read, sides

EMPTY = {
    "pod_restarts": 0,
    "switchovers": 0,
    "writes": "",
    "reads": "",
    "duration": "",
    "revertible": "",
    "by_hand": [],
    "during_backup": "",
    "delivery": [],
}


@pytest.mark.parametrize("case", [pytest.param(case, id=case["case"]) for case in read("summary.yaml")])
def test_effects_are_put_together(case: dict[str, Any]) -> None:
    changes, around = sides(case)
    plan = summary.of("prod", "payments", effects.of(changes, around), around)
    told = {name: list(value) if isinstance(value := getattr(plan, name), tuple) else value for name in EMPTY}
    assert told == EMPTY | case["plan"]
    assert (plan.environment, plan.cluster) == ("prod", "payments")
