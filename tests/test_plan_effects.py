"""What changes do to what runs: the table of effects, row by row and against what the real operator did."""

from __future__ import annotations

import copy
import json
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pggitops import managed_parameters, parameters
from pggitops.generate import ROOT, STRUCTURAL
from pggitops.plan import effects, summary
from pggitops.plan.effects import context
from pggitops.plan.effects.predicates import PREDICATES
from pggitops.plan.effects.table import rows
from pggitops.plan.model import MISSING, Change, ChangeKind, Effect, EffectKind, ObjectKey, Risk
from plan_sides import CASES, between, patched, read, side, sides

PARAMETERS = ROOT / "src" / "pggitops" / "data" / "parameters"

# ---- cases ----


def all_cases() -> list[tuple[str, dict[str, Any]]]:
    found = []
    for file in sorted((CASES / "effects").glob("*.yaml")):
        for number, case in enumerate(read(f"effects/{file.name}")):
            found.append((f"{file.stem}-{number}-{case['case']}", case))
    return found


def said(effect: Effect) -> str:
    return f"{effect.rule} {effect.kind} {effect.risk}"


@pytest.mark.parametrize("case", [pytest.param(case, id=name) for name, case in all_cases()])
def test_a_change_has_these_effects(case: dict[str, Any]) -> None:
    changes, around = sides(case)
    found = effects.of(changes, around)
    assert [said(each) for each in found] == case["expect"], "\n".join(each.message for each in found)
    assert {id(each) for each in changes} <= {id(change) for each in found for change in each.changes}
    text = "\n".join(each.message for each in found)
    assert all(words in text for words in case.get("says", ())), text
    assert not re.search(r"\{[a-z0-9_.]+\}", "".join(each.message + each.why for each in found)), text


def test_every_row_has_a_case() -> None:
    told = {line.split()[0] for _, case in all_cases() for line in case["expect"]}
    assert told == set(rows())


# ---- the real operator ----


@cache
def seen() -> dict[str, Any]:
    document: dict[str, Any] = json.loads((CASES / "operator" / "effects-2.9.0.json").read_bytes())["changes"]
    return document


def seen_effects(name: str) -> list[Effect]:
    document = read("operator/changes-2.9.0.yaml")
    case = document["changes"][name]
    base = patched(patched(read("base.yaml")["cluster"], document["base"]), case.get("before", {}))
    new = patched(base, case["after"])
    if case.get("reorder"):
        new["spec"]["backups"]["pgbackrest"]["repos"].reverse()
    old_side, new_side = side([base]), side([new])
    changes = between(old_side, new_side)
    return effects.of(changes, context.of(changes, old_side, new_side))


def test_every_change_that_was_tried_is_told() -> None:
    assert read("operator/changes-2.9.0.yaml")["changes"].keys() == seen().keys()


@pytest.mark.parametrize("name", sorted(seen()))
def test_effects_are_those_of_the_real_operator(name: str) -> None:
    fact = seen()[name]
    found = seen_effects(name)
    rules = [each.rule for each in found]
    if read("operator/changes-2.9.0.yaml")["changes"][name].get("differs"):
        return
    rolled = {pods.replace("set", "instances") for each in found for pods in rows()[each.rule].rolls}
    assert rolled == set(fact["rolls"]), rules
    if any(what.startswith("PersistentVolumeClaim") for what in fact.get("removed", {})):
        assert EffectKind.DATA_LOSS in [each.kind for each in found], rules
    if not fact["observed"]:
        assert {each.kind for each in found} & {EffectKind.BLOCKED, EffectKind.SILENT}, rules
    if any(what.startswith("ConfigMap") for part in ("created", "changed", "removed") for what in fact.get(part, {})):
        assert any(each.kind is not EffectKind.NONE for each in found), rules
    if name != "nothing":
        assert found


# ---- the definitions ----

FOLDERS = sorted(STRUCTURAL.glob("percona-postgresql-operator-*"))


def leaves(schema: dict[str, Any], path: tuple[str, ...] = ()) -> Iterator[tuple[str, ...]]:
    """Every leaf of a structural schema, keys and items that may have any name called `x`."""
    if schema.get("properties"):
        for name, child in schema["properties"].items():
            yield from leaves(child, (*path, name))
    elif schema.get("items"):
        yield from leaves(schema["items"], (*path, "x"))
    elif isinstance(schema.get("additionalProperties"), dict):
        yield from leaves(schema["additionalProperties"], (*path, "x"))
    else:
        yield path


def explicitly_unknown(path: tuple[str, ...]) -> bool:
    claim = len(path) > 5 and path[:2] == ("spec", "instances") and path[3].endswith("VolumeClaimSpec")
    return claim and path[4] == "resources"


@pytest.mark.parametrize("kind", ["PerconaPGCluster", "PerconaPGBackup", "PerconaPGRestore", "PerconaPGUpgrade"])
@pytest.mark.parametrize("folder", FOLDERS, ids=lambda folder: folder.name)
def test_no_leaf_of_a_definition_is_unknown(folder: Path, kind: str) -> None:
    schema = json.loads((folder / f"{kind}.pgv2.percona.com.v2.json").read_bytes())["schema"]
    document = {"metadata": {"name": "x"}, "spec": {"crVersion": folder.name.rpartition("-")[2]}}
    around = context.Context(document, document)
    key = ObjectKey("", "pgv2.percona.com", kind, "", "x")
    unknown = set()
    for path in leaves(schema):
        for old, new in (("1", "2"), (MISSING, True), (True, MISSING)):
            how = "added" if old is MISSING else "removed" if new is MISSING else "changed"
            found = effects.of([Change(ChangeKind(how), key, path, old, new)], around)
            if found[0].kind is EffectKind.UNKNOWN and path != ("apiVersion",) and path != ("kind",):
                unknown.add(path)
    assert {path for path in unknown if not explicitly_unknown(path)} == set()


# ---- parameters ----


@pytest.mark.parametrize("major", range(13, 19))
def test_every_parameter_has_the_effect_of_its_context(major: int) -> None:
    kinds = {"postmaster": EffectKind.PG_RESTART, "internal": EffectKind.SILENT}
    document = {
        "metadata": {"name": "x"},
        "spec": {"postgresVersion": major, "instances": [{"name": "a", "replicas": 3}]},
    }
    around = context.Context(document, document)
    key = ObjectKey("", "pgv2.percona.com", "PerconaPGCluster", "", "x")
    for name, known in json.loads((PARAMETERS / f"{major}.json").read_bytes())["parameters"].items():
        change = Change(ChangeKind.REMOVED, key, (*parameters.AT, name), known[2], MISSING)
        found = effects.of([change], around)[0]
        if managed_parameters.setter(name, {"spec": {"backups": {}}}, "3.0.0") is None:
            assert found.kind is kinds.get(known[0], EffectKind.RELOAD), f"{name} {known[0]}: {found.rule}"
        else:
            assert found.kind is EffectKind.SILENT


# ---- anything ----

JUNK = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-2, 9),
    st.text(max_size=4),
    st.builds(list),
    st.builds(dict),
    st.builds(lambda: [{}]),
)


IDENTITY = (("metadata",), ("kind",), ("apiVersion",), ("metadata", "name"), ("metadata", "namespace"))


def places(value: Any, path: tuple[str | int, ...] = ()) -> Iterator[tuple[str | int, ...]]:
    """Every path of a document but what makes it the object that it is."""
    if path and path not in IDENTITY:
        yield path
    for step, child in (
        value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    ):
        yield from places(child, (*path, step))


@settings(max_examples=400, deadline=None)
@given(data=st.data(), about=st.sampled_from(sorted(read("base.yaml"))))
def test_any_change_has_an_effect_and_none_is_an_exception(data: st.DataObject, about: str) -> None:
    old = read("base.yaml")[about]
    new = copy.deepcopy(old)
    for _ in range(data.draw(st.integers(1, 3))):
        *path, last = data.draw(st.sampled_from(sorted(places(new), key=str) or [("spec",)]))
        here = new
        for step in path:
            here = here[step]
        if data.draw(st.booleans()):
            here[last] = data.draw(JUNK)
        elif isinstance(here, list) or last in here:
            del here[last]
    if data.draw(st.booleans()):
        old, new = new, old
    others = [read("base.yaml")["cluster"]] if about != "cluster" else []
    one, other = side([old, *others]), side([new, *others])
    changes = between(one, other)
    around = context.of(changes, one, other)
    found = effects.of(changes, around)
    told = {id(each) for effect in found for each in effect.changes}
    assert {id(each) for each in changes} <= told
    summary.of("prod", "payments", found, around)


# ---- the rows ----


def test_rows_are_whole() -> None:
    for row in rows().values():
        assert re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*", row.id)
        assert all((row.says, row.why, row.source)), row.id
        assert not re.search(r"(?<![a-z/])p[cg]/", row.source), row.id
        conditions = [*row.if_, *row.unless]
        conditions += [name for each in (row.if_, row.unless) for group in each.get("any-of", ()) for name in group]
        assert set(conditions) <= set(PREDICATES), row.id
        if row.effect is EffectKind.DATA_LOSS and row.risk is Risk.CRITICAL:
            assert row.steps or row.undo or row.kind == "PersistentVolumeClaim", row.id


def test_every_condition_is_asked() -> None:
    written = (ROOT / "src" / "pggitops" / "data" / "effects.json").read_text()
    assert [name for name in PREDICATES if f'"{name}":' not in written] == []
