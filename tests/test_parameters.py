"""Server parameters as a major reads them, and as Patroni lets them through."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from pggitops import guc, parameters, yamlio

CASES = yamlio.load((Path(__file__).parent / "cases" / "parameters.yaml").read_bytes())[0]


@pytest.mark.parametrize("case", CASES, ids=lambda case: f"{case['name']}: {case['value']} ({case['major']})")
def test_judged(case: dict[str, Any]) -> None:
    problem = parameters.judge(case["name"], case["value"], case["major"])
    if "kind" not in case:
        assert problem is None, problem
        return
    assert problem is not None
    assert (problem.kind, case["says"] in problem.message) == (case["kind"], True), problem
    assert case.get("fix", "") in problem.fix
    assert problem.fix.endswith(".")


@pytest.mark.parametrize("major", parameters.MAJORS)
def test_defaults_are_right(major: int) -> None:
    wrong = []
    for name in parameters._names(major):
        known = parameters.parameter(name, major)
        assert known is not None
        # a server's own values are not for anybody to set, and -1 often stands for a choice made at start
        if known.context == "internal" or not known.default:
            continue
        problem = parameters.judge(name, known.default, major)
        if problem is not None and problem.kind != "read-only":
            wrong.append(problem)
    assert not wrong


@pytest.mark.parametrize("major", parameters.MAJORS)
def test_what_is_gone_is_gone(major: int) -> None:
    for name, (since, _) in parameters.GONE.items():
        assert (parameters.parameter(name, major) is None) == (since <= major), name


def test_every_parameter_that_went_says_what_to_do() -> None:
    for major in parameters.MAJORS[1:]:
        gone = {name for name in parameters._names(major - 1) if "." not in name} - set(parameters._names(major))
        assert gone <= parameters.GONE.keys()


@pytest.mark.parametrize(
    ("number", "base", "text"),
    [(131072, "8kB", "1GB"), (1024, "8kB", "8MB"), (90, "s", "90s"), (86400, "s", "1d"), (0.5, "ms", "500us"),
     (0, "kB", "0"), (-1, "kB", "-1"), (100, None, "100"), (0.9, None, "0.9"), (1536, "MB", "1536MB")],
)  # fmt: skip
def test_spoken(number: float, base: str | None, text: str) -> None:
    assert guc.spoken(number, base) == text


def test_a_number_is_read_or_the_default() -> None:
    spec = {"patroni": {"dynamicConfiguration": {"postgresql": {"parameters": {"max_connections": "200"}}}}}
    resource = {"spec": {"postgresVersion": 18, **spec}}
    assert parameters.number(resource, "max_connections") == 200
    assert parameters.number(resource, "work_mem") == 4096
    assert parameters.number({"spec": {"postgresVersion": 18}}, "max_connections") == 100


def test_restart() -> None:
    needs = {name: parameters.parameter(name, 17).needs_restart for name in ("shared_buffers", "work_mem")}  # type: ignore[union-attr]
    assert needs == {"shared_buffers": True, "work_mem": False}
    workers = [parameters.parameter("autovacuum_max_workers", major) for major in (17, 18)]
    assert [each.needs_restart for each in workers if each] == [True, False]
