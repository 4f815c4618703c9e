"""A plan as text, JSON, Markdown and findings: what a reader may rely on, also of plans without end."""

from __future__ import annotations

import io
import json
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from pggitops.findings import Finding, Place, Severity
from pggitops.output.markdown import LIMIT
from pggitops.plan import output
from pggitops.plan.model import (
    MISSING,
    Change,
    ChangeKind,
    ClusterPlan,
    Effect,
    EffectKind,
    ObjectKey,
    Plan,
    Risk,
)
from pggitops.plan.output.view import View, grouped, reached, verdict

SCHEMA = json.loads((Path(__file__).parent.parent / "schemas" / "plan.schema.json").read_text())
VIEW = View({"safe": ("1. pull request 1: Do this.", "     pause: true", "2. Then that.")})
NASTY = "\x1b[31m<b>@team | `x` ::error::\n"


def change(name: str = "main", path: tuple[str, ...] = ("spec", "pause"), **more: Any) -> Change:
    key = ObjectKey("eu1", "pgv2.percona.com", more.pop("of", "PerconaPGCluster"), f"{name}-db", name)
    values = {"old": False, "new": True, **more}
    return Change(more.pop("kind", ChangeKind.CHANGED), key, path, values["old"], values["new"])


def effect(kind: str = "outage", risk: Risk = Risk.HIGH, **more: Any) -> Effect:
    words = {"message": "all pods stop", "why": "StatefulSets go to 0", "source": "x", "steps": "safe", **more}
    changes = words.pop("changes", (change(),))
    return Effect("paused", EffectKind(kind), risk, changes, place=Place("environments/a/environment.yaml", 3), **words)


def cluster(environment: str = "a", name: str = "main", *effects: Effect) -> ClusterPlan:
    return ClusterPlan(environment, name, effects or (effect(),), pod_restarts=3, switchovers=1, by_hand=("look",))


MANY = Plan(
    "x",
    "y",
    tuple(
        cluster(f"env-{n}", "main", effect(message=f"{n} {'long ' * 90}", changes=(change(new=n),) * 30))
        for n in range(900)
    ),
    (Finding("tombstone-missing", Severity.ERROR, "gone", "say so", Place("environments/a/environment.yaml")),),
)
NOTHING = Plan("x", "y", (), unchanged=7)
BROKEN = Plan("x", "y", (), (Finding("plan-incomplete", Severity.ERROR, "no", "mend", Place("e")),), unchanged=1)
ODD = Plan(
    NASTY,
    NASTY,
    (
        cluster(
            NASTY, NASTY, effect(message=NASTY, why=NASTY, undo=NASTY, changes=(change(NASTY, (NASTY,), new=NASTY),))
        ),
        cluster(
            "", "", effect("none", Risk.LOW, changes=(change(path=(), kind=ChangeKind.ADDED, old=MISSING, new={}),))
        ),
    ),
    notes=(NASTY,),
)
PLANS = {
    "many": MANY,
    "nothing": NOTHING,
    "broken": BROKEN,
    "odd": ODD,
    "empty": Plan("", "", (ClusterPlan("a", "b", ()),)),
}


def written(plan: Plan, name: str, view: View = VIEW) -> str:
    stream = io.StringIO()
    output.write(plan, name, view, stream)
    return stream.getvalue()


@pytest.mark.parametrize("name", PLANS)
@pytest.mark.parametrize("form", output.FORMATS)
def test_every_format_takes_every_plan(name: str, form: str, monkeypatch: pytest.MonkeyPatch) -> None:
    for variable in ("GITHUB_STEP_SUMMARY", "GITHUB_OUTPUT", "FORCE_COLOR"):
        monkeypatch.delenv(variable, raising=False)
    text = written(PLANS[name], form)
    assert "\x1b" not in text
    if form in ("json", "sarif", "gitlab"):
        json.loads(text)


@pytest.mark.parametrize("name", PLANS)
def test_json_is_as_its_schema_says(name: str) -> None:
    jsonschema.validate(json.loads(written(PLANS[name], "json")), SCHEMA)


def test_the_schema_knows_every_effect() -> None:
    assert {*map(str, EffectKind)} <= {*SCHEMA["definitions"]["effectKind"]["enum"]}
    assert [*map(str, Risk)] == SCHEMA["definitions"]["risk"]["enum"]


def test_markdown_is_never_too_long_and_says_what_was_cut() -> None:
    text = written(MANY, "markdown")
    assert len(text.encode()) <= LIMIT
    first, second = text.splitlines()[:2]
    assert first == "<!-- pggitops plan -->"
    assert "worst: outage &#40;high&#41;" in second
    assert "say so" in text, "an error is never cut for the sake of effects"
    assert "… cut, for it did not fit:" in text.splitlines()[-1]
    assert text.count("<details>") == text.count("</details>")


def test_the_worst_stands_first_and_is_not_folded() -> None:
    plan = Plan(
        "x", "y", (cluster("b", "low", effect("reload", Risk.LOW, message="nothing much")), cluster("a", "bad"))
    )
    unfolded = written(plan, "markdown").partition("<details>")[0]
    assert unfolded.index("a/bad") < unfolded.index("b/low")
    assert "environments/a/environment.yaml:3:1" in unfolded
    assert "StatefulSets" not in unfolded


def test_steps_are_shown_once_where_they_are_asked_for() -> None:
    plan = Plan("x", "y", (cluster("a", "one", effect(), effect("data-loss", Risk.CRITICAL)),))
    assert "--steps" in written(plan, "text")
    text = written(plan, "text", View(VIEW.steps, with_steps=True))
    assert text.count("pull request 1") == 1
    assert "the steps of safe, above" in text
    assert "pull request 1" in written(plan, "markdown")


def test_equal_plans_are_one_and_what_differs_stands_out() -> None:
    def plan(number: int, **more: Any) -> ClusterPlan:
        name = f"env-{number:03}"
        return cluster(name, "main", effect(message=f"main in {name} stops", changes=(change(name),), **more))

    found = grouped([*(plan(number) for number in range(847)), plan(900, undo="", kind="data-loss")])
    assert [len(group.plans) for group in found] == [1, 847]
    text = written(Plan("x", "y", tuple(one for group in found for one in group.plans)), "text")
    assert "847 clusters in 847 environments (env-000/main, env-001/main, …)" in text
    assert len(text) < 3_000


def test_nothing_of_a_secret_is_shown() -> None:
    for path in ((), ("data", "password"), ("stringData", "password")):
        one = change(of="Secret", path=path, old="hunter1", new="hunter2")
        plan = Plan("x", "y", (cluster("a", "b", effect(changes=(one,))),))
        for form in output.FORMATS:
            assert "hunter" not in written(plan, form), (form, path)


@pytest.mark.parametrize(
    ("words", "is_reached"),
    [
        ((), False),
        (("high",), True),
        (("critical",), False),
        (("low",), True),
        (("outage",), True),
        (("reload",), False),
    ],
)
def test_what_is_reached(words: tuple[str, ...], is_reached: bool) -> None:
    assert reached(Plan("x", "y", (cluster(),)), words) is is_reached
    assert not reached(Plan("x", "y", (cluster("a", "b", effect(accepted="agreed")),)), words)


def test_the_last_line() -> None:
    assert verdict(NOTHING) == "Plan: no changes, 7 environments unchanged."
    assert verdict(BROKEN) == "Plan: nothing that could be compared differs, 1 environment unchanged; 1 error."
    assert written(MANY, "text").splitlines()[-1] == verdict(MANY)
    assert "worst: outage (high) in env-0/main; 1 error." in verdict(MANY)


def test_colour_on_a_terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FORCE_COLOR", "1")
    monkeypatch.delenv("NO_COLOR", raising=False)
    assert "\x1b[33m~\x1b[0m" in written(Plan("x", "y", (cluster(),)), "text")


def test_findings_at_the_overlays_lines() -> None:
    (result,) = json.loads(written(Plan("x", "y", (cluster(),)), "sarif"))["runs"][0]["results"]
    region = result["locations"][0]["physicalLocation"]
    assert (region["artifactLocation"]["uri"], region["region"]["startLine"]) == ("environments/a/environment.yaml", 3)
    assert (result["ruleId"], result["level"]) == ("plan-paused", "error")
    assert written(Plan("x", "y", (cluster("a", "b", effect(accepted="agreed")),)), "gitlab").strip() == "[]"
