"""A policy that raises is a defect that is said, and a setting of a wrong form is found before any policy runs."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from pggitops import yamlio
from pggitops.cli import run
from pggitops.policies import catalogue, imported
from pggitops.policy_settings import kind
from test_policies import STANDARD

Checked = Callable[..., tuple[int, list[dict[str, Any]]]]


@pytest.fixture
def check(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Checked:
    monkeypatch.chdir(tmp_path)

    def checked(more: str = "", command: str = "check", **others: str) -> tuple[int, list[dict[str, Any]]]:
        for name, text in {"env": more, **others}.items():
            file = tmp_path / "environments" / name / "environment.yaml"
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(yamlio.dump({**STANDARD, "namespace": name}) + text)
        code = run([command, "--format", "json", "--kubeconform", "never"])
        return code, json.loads(capsys.readouterr().out)["findings"]

    return checked


def broken(monkeypatch: pytest.MonkeyPatch, id: str) -> None:
    """Let a policy find nothing but a mistake of its own."""

    def fails(*given: Any) -> Iterator[Any]:
        raise KeyError("replicas")
        yield

    policy = next(policy for policy in catalogue() if policy.id == id)
    monkeypatch.setattr(policy, "check", fails)


@pytest.mark.parametrize("command", ["check", "render"])
@pytest.mark.parametrize(
    ("id", "where", "path"),
    [
        ("replicas-too-few", "cluster shop", "clusters.shop"),
        ("egress-unrestricted", "the environment", ""),
        ("namespace-shared", "the fleet", ""),
    ],
)
def test_a_policy_that_raises_is_said_and_stops_no_other(
    command: str, id: str, where: str, path: str, check: Checked, monkeypatch: pytest.MonkeyPatch
) -> None:
    broken(monkeypatch, id)
    code, found = check("", command)
    (defect,) = [one for one in found if one["policy"] == "policy-failed"]
    assert (code, defect["severity"], defect["path"]) == (2, "error", path)
    assert f"the policy {id} failed on {where}: KeyError: 'replicas'" in defect["message"]
    assert "defect of pggitops" in defect["fix"]
    assert f"policies: {{{id}: off}}" in defect["fix"]


def test_the_others_have_judged(check: Checked, monkeypatch: pytest.MonkeyPatch) -> None:
    broken(monkeypatch, "namespace-mismatch")
    more = "waivers: {old: {policy: backup-missing, reason: because, owner: team-shop, expires: 2020-01-01}}\n"
    _, found = check(more)
    assert {"policy-failed", "waiver-expired"} <= {one["policy"] for one in found}


def test_a_policy_that_cannot_be_imported_is_said_and_stops_no_other(
    check: Checked, monkeypatch: pytest.MonkeyPatch
) -> None:
    policy = next(policy for policy in catalogue() if policy.id == "replicas-too-few")
    monkeypatch.setattr(policy, "check", imported(policy))
    monkeypatch.setattr(policy, "family", "nowhere")
    code, found = check("waivers: {old: {policy: backup-missing, reason: because, owner: me, expires: 2020-01-01}}\n")
    (defect,) = [one for one in found if one["policy"] == "policy-failed"]
    assert code == 2
    assert "the policy replicas-too-few failed on cluster shop: FileNotFoundError" in defect["message"]
    assert "waiver-expired" in {one["policy"] for one in found}


def test_what_is_off_is_not_run(check: Checked, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    broken(monkeypatch, "replicas-too-few")
    base = tmp_path / "environments" / "bases" / "calm.yaml"
    base.parent.mkdir(parents=True)
    base.write_text("apiVersion: pggitops/v1\nkind: Base\npolicies: {replicas-too-few: off}\n")
    assert check("bases: [calm]\n") == (0, [])


def test_a_violation_in_a_manifest_there_is_not(check: Checked, monkeypatch: pytest.MonkeyPatch) -> None:
    from pggitops.findings import Violation

    policy = next(policy for policy in catalogue() if policy.id == "replicas-too-few")
    monkeypatch.setattr(policy, "check", lambda *given: iter([Violation("x", "y", ("spec",), manifest="nowhere")]))
    code, found = check()
    assert code == 2
    assert [(one["policy"], "nowhere" in one["message"]) for one in found] == [("policy-failed", True)]


SETTINGS = """
- {given: {backup-full-too-rare: {days: 31}}}
- {given: {shared-buffers-too-large: {share: 1}}}
- {given: {data-volume-too-small: {least: 20Gi, lenient: 1000000}}}
- {given: {failover-too-slow: {longest: 2m, severity: error}}}
- given: {backup-full-too-rare: {days: soon}}
  says: '`days` of backup-full-too-rare is "soon", and should be a whole number'
- {given: {backup-full-too-rare: {days: 7.5}}, says: is 7.5}
- {given: {backup-full-too-rare: {days: true}}, says: is true}
- {given: {backup-full-too-rare: {days: -1}}, says: is -1}
- {given: {backup-full-too-rare: {days: [8]}}, says: 'is [8]'}
- {given: {shared-buffers-too-large: {share: half}}, says: should be a number from 0}
- {given: {failover-too-slow: {longest: 120}}, says: should be a duration like 12h}
- {given: {data-volume-too-small: {least: 20GB}}, says: should be a quantity like 8Gi}
- given: {backup-full-too-rare: {dayz: 31}}
  says: 'backup-full-too-rare has no setting "dayz" (did you mean "days"?)'
- {given: {backup-missing: {days: 31}}, says: 'backup-missing has no setting "days"'}
"""


@pytest.mark.parametrize("case", yaml.safe_load(SETTINGS), ids=lambda case: json.dumps(case["given"]))
def test_settings_have_a_form(case: dict[str, Any], check: Checked, monkeypatch: pytest.MonkeyPatch) -> None:
    (id,) = case["given"]
    if "says" in case:
        # it would be said as well, if it ran
        broken(monkeypatch, id)
    base = {"apiVersion": "pggitops/v1", "kind": "Base", "policies": case["given"]}
    Path("environments/bases").mkdir(parents=True)
    Path("environments/bases/house.yaml").write_text(yamlio.dump(base))
    code, found = check("bases: [house]\n")
    if "says" not in case:
        assert code == 0, found
        return
    (one,) = found
    assert code == 1
    assert case["says"] in one["message"]
    assert one["policy"].startswith("policy-setting-")
    text = Path("environments/bases/house.yaml").read_text().splitlines()
    assert next(name for name in case["given"][id]) in text[one["line"] - 1]


@pytest.mark.parametrize("policy", [policy for policy in catalogue() if policy.settings], ids=lambda policy: policy.id)
def test_settings_are_told(policy: Any, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["policies", policy.id]) == 0
    page = capsys.readouterr().out
    for name, default in policy.settings.items():
        assert f"| `{name}` | {kind(default)} |" in page
        assert kind(default) != "a text", "nobody could be told what is wrong with it"
