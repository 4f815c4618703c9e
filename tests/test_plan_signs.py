"""There and back: a change and its opposite are told by opposite rules."""

from __future__ import annotations

from typing import Any

import pytest

from pggitops.plan import effects
from pggitops.plan.effects import context
from pggitops.plan.model import Side
from plan_sides import between, changed, read, side


def rules(old: Side, new: Side) -> list[str]:
    changes = between(old, new)
    return sorted(each.rule for each in effects.of(changes, context.of(changes, old, new)))


@pytest.mark.parametrize("case", [pytest.param(case, id=case["case"]) for case in read("signs.yaml")])
def test_the_way_back_has_the_opposite_sign(case: dict[str, Any]) -> None:
    about = case.get("of", "cluster")
    one = changed(read("base.yaml")[about], case.get("before", {}))
    other = changed(one, case["after"]) if "after" in case else None
    cluster = [] if about == "cluster" else [read("base.yaml")["cluster"]]
    here, there = side([*cluster, one]), side([*cluster, *([other] if other else [])])
    assert rules(here, there) == sorted(case["there"])
    assert rules(there, here) == sorted(case["back"])
    assert set(case["there"]).isdisjoint(case["back"])
