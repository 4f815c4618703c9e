"""The health checks in the languages' own engines: Lua 5.1 for Argo CD's, Google's CEL for Flux's.

Both go through the same states (`cases/health.yaml`), so that a cluster means the same to either.
"""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest
import yaml
from cel_expr_python import cel
from lupa.lua51 import LuaRuntime

from pggitops.parts import health

KINDS = yaml.safe_load((Path(__file__).parent / "cases" / "health.yaml").read_text())
ARGOCD = {"ready": "Healthy", "waiting": "Progressing", "failed": "Degraded", "suspended": "Suspended"}
FLUX = {"ready": "current", "waiting": "in progress", "failed": "failed", "suspended": "in progress"}

SCRIPTS = {
    key.removeprefix("resource.customizations.health.").replace("_", "/"): script
    for key, script in health.argocd().items()
}
EXPRESSIONS = {f"{entry['apiVersion'].split('/')[0]}/{entry['kind']}": entry for entry in health.flux()}

# What argo-cd `util/lua/lua.go` opens: base, table, package and a part of os; so strings have no methods either.
SANDBOX = """
local open = { table = true, package = true, os = true, _G = true }
for name, value in pairs(_G) do
  if type(value) == "table" and not open[name] then _G[name] = nil end
end
python = nil
getmetatable("").__index = nil
"""


def _cases(kinds: dict[str, Any]) -> list[Any]:
    return [pytest.param(kind, case, id=f"{kind.split('/')[1]} {case['it']}") for kind in kinds for case in KINDS[kind]]


def _object(kind: str, case: dict[str, Any]) -> dict[str, Any]:
    own = {key: case[key] for key in ("operation", "status") if key in case}
    whole = {"kind": kind.split("/")[1], "metadata": {"generation": 2}, "spec": case.get("spec", {})} | own
    # YAML's aliases share one object, and lupa's `table_from` leaves its second mention empty.
    return json.loads(json.dumps(whole))


@pytest.mark.parametrize(("kind", "case"), _cases(SCRIPTS))
def test_argocd(kind: str, case: dict[str, Any]) -> None:
    lua = LuaRuntime(register_builtins=False)
    lua.execute(SANDBOX)
    lua.globals().obj = lua.table_from(_object(kind, case), recursive=True)
    answer = lua.execute(SCRIPTS[kind])
    assert answer.status == ARGOCD.get(case["means"], case["means"])
    assert isinstance(answer.message, str)
    assert case.get("says", answer.message) == answer.message


@pytest.mark.parametrize(("kind", "case"), _cases(EXPRESSIONS))
def test_flux(kind: str, case: dict[str, Any]) -> None:
    assert _flux_status(EXPRESSIONS[kind], _object(kind, case)) == FLUX[case["means"]]


def _flux_status(entry: dict[str, str], manifest: dict[str, Any]) -> str:
    """What fluxcd/pkg `runtime/cel/status_evaluator.go` makes of it.

    Without its first look at status.observedGeneration, which not every version takes: the expressions hold alone.
    """
    environment = cel.NewEnv()
    for word, answer in (("inProgress", "in progress"), ("failed", "failed"), ("current", "current")):
        if word in entry:
            value = environment.compile(entry[word], disable_check=True).eval(data=manifest)
            if value.type() == cel.Type.ERROR:
                return "in progress"
            assert value.type() == cel.Type.BOOL
            if value.plain_value():
                return answer
    return "in progress"


def test_every_kind_has_cases_for_what_it_can_mean() -> None:
    assert set(KINDS) == set(SCRIPTS) | set(EXPRESSIONS)
    for kind, cases in KINDS.items():
        assert {"ready", "waiting"} <= {case["means"] for case in cases}, kind


def test_the_names_fit_a_config_map_and_a_kustomization() -> None:
    assert all(re.fullmatch(r"[-._a-zA-Z0-9]{1,253}", key) for key in health.argocd())
    words = {"apiVersion", "kind", "inProgress", "failed", "current"}
    assert all({"apiVersion", "kind", "current"} <= set(entry) <= words for entry in health.flux())
