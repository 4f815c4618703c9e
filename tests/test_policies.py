"""Every policy against overlays that pass and overlays that do not: `tests/cases/policies/<id>.yaml`."""

from __future__ import annotations

import datetime
from pathlib import Path
from typing import Any

import pytest
import yaml

import crd_files
from pggitops import fleet, policies, yamlio
from pggitops.cli import run
from pggitops.compose import Sources, environment_names
from pggitops.compose.merge import merge
from pggitops.errors import CannotGoOn
from pggitops.findings import Finding, Severity
from pggitops.generate import registry
from pggitops.pipeline import Settings, build
from pggitops.policies import Facts, catalogue, concern, folder, judge, judge_by_all
from pggitops.policies.registry import POLICIES
from pggitops.sandbox import Sandbox

ROOT = Path(__file__).parent.parent
CASES = ROOT / "tests" / "cases" / "policies"
TODAY = datetime.date(2026, 11, 25)

STANDARD: dict[str, Any] = yaml.safe_load("""
apiVersion: pggitops/v1
kind: Environment
namespace: shop-db
target: {name: east, platform: gke, apiServer: {cidrs: [172.16.0.2/32]}, cni: calico, nodes: {cidrs: [10.0.0.0/16]}}
operator: {version: 3.0.0}
clusters:
  shop:
    owner: team-shop
    postgres: {version: 18, parameters: {shared_buffers: 2GB}}
    instances: {replicas: 3, storage: 100Gi, priorityClass: databases}
    pgbouncer: {clients: {api: {namespace: shop, pods: {app: api}}}}
    users: {app: {databases: [shop]}}
    monitoring: {prometheus: {namespace: monitoring, pods: {app: prometheus}}}
    backups:
      repos:
        repo1: {gcs: {bucket: acme-pg}, schedules: {full: 17 1 * * 0}, retention: {full: 5}}
""")
"""An environment no policy has anything to say about."""


def cases() -> list[Any]:
    return [
        pytest.param(path.stem, case, id=f"{path.stem}: {case['name']}")
        for path in sorted(CASES.glob("*.yaml"))
        for case in yamlio.load(path.read_bytes())[0]
    ]


def judged(root: Path, case: dict[str, Any]) -> list[Finding]:
    """The findings of a repository made from a case, through the whole pipeline."""
    environments = case.get("environments") or {"env": case.get("overlay") or {}}
    for name, overlay in environments.items():
        folder = root / "environments" / name
        folder.mkdir(parents=True)
        document = merge(STANDARD, overlay)
        for cluster, words in overlay.get("clusters", {}).items():
            if "patch" in words:
                # its nulls are for the manifest
                document["clusters"][cluster]["patch"] = words["patch"]
        (folder / "environment.yaml").write_text(yamlio.dump(document) + case.get("comment", ""))
        for file, text in (case.get("manifests") or {}).items():
            (folder / "manifests").mkdir(exist_ok=True)
            (folder / "manifests" / file).write_text(text)
    for name, base in (case.get("bases") or {}).items():
        file = root / "environments" / "bases" / f"{name}.yaml"
        file.parent.mkdir(exist_ok=True)
        file.write_text(yamlio.dump({"apiVersion": "pggitops/v1", "kind": "Base", **base}))
    for file, text in (case.get("templates") or {}).items():
        (root / "templates" / file).parent.mkdir(parents=True, exist_ok=True)
        (root / "templates" / file).write_text(text)
    for version in case.get("crds") or ():
        (root / "crds").mkdir(exist_ok=True)
        (root / "crds" / f"{version}.yaml").write_bytes(crd_files.kept(version))
    for kind in case.get("kinds") or ():
        file = root / "schemas" / "kinds" / "custom" / f"{kind}.json"
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text('{"type": "object"}')
    names = environment_names(root)
    with fleet.spool() as spool:
        return fleet.run(Settings(root, TODAY), names, names, spool, lambda: None).findings


def test_environments_are_judged_together_as_each_alone(tmp_path: Path) -> None:
    names = [f"e{number:04}" for number, _ in enumerate(_overlays())]
    for name, overlay in zip(names, _overlays(), strict=True):
        folder = tmp_path / "environments" / name
        folder.mkdir(parents=True)
        (folder / "environment.yaml").write_text(yaml.safe_dump(overlay, sort_keys=False))
    settings = Settings(tmp_path, TODAY)
    with Sandbox([]) as sandbox:
        alone = [build(settings, Sources(tmp_path), sandbox, [name])[0] for name in names]
        mixed = sorted(names, key=lambda name: name[::-1])
        sources = Sources(tmp_path)
        batches = [build(settings, sources, sandbox, mixed[at : at + 16]) for at in range(0, len(mixed), 16)]
    together = {one.name: one for batch in batches for one in batch}
    assert sum(bool(one.findings) for one in alone) > 100
    for one in alone:
        other = together[one.name]
        assert [str(finding) for finding in one.findings] == [str(finding) for finding in other.findings]
        assert one.outputs == other.outputs
        assert repr(one.summary) == repr(other.summary)


def _overlays() -> list[Any]:
    """Every fifth of the overlays that the policies have as cases."""
    every = [case for file in sorted(CASES.glob("*.yaml")) for case in yaml.load(file.read_text(), yaml.CSafeLoader)]
    written = [case["overlay"] for case in every if isinstance(case.get("overlay"), dict)]
    return [{key: value for key, value in merge(STANDARD, one).items() if key != "bases"} for one in written[::5]]


@pytest.fixture
def held_against_all(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """Asking only the policies concerned is held against asking all; what is found by all is counted."""
    counts: list[int] = []

    def both(every: list[Facts]) -> Any:
        found = judge(every)
        for facts, own in zip(every, found, strict=True):
            by_all = judge_by_all(facts)
            assert [_said(one) for one in own] == [_said(one) for one in by_all]
            counts.append(len(by_all))
        return found

    monkeypatch.setattr(policies, "judge", both)
    return counts


def _said(judgement: Any) -> tuple[Any, ...]:
    policy, severity, cluster, violation = judgement
    return policy.id, severity, cluster and cluster.name, violation.message, violation.path, violation.manifest


@pytest.mark.usefixtures("held_against_all")
@pytest.mark.parametrize(("policy", "case"), cases())
def test_case(policy: str, case: dict[str, Any], tmp_path: Path) -> None:
    findings = judged(tmp_path, case)
    mine = [finding for finding in findings if finding.policy == policy]
    expected = case.get("expected") or []
    shown = [(str(finding.severity), finding.path, finding.message) for finding in findings]
    if not expected:
        assert not mine, shown
        # `others`: what such an overlay has wrong besides
        others = case.get("others") or ()
        assert not [finding for finding in findings if finding.stops and finding.policy not in others], shown
    assert len(mine) == len(expected), shown
    for finding, wanted in zip(mine, expected, strict=True):
        assert wanted["says"] in finding.message
        assert wanted.get("severity", str(finding.severity)) == str(finding.severity)
        assert wanted.get("path", finding.path) == finding.path
        assert wanted.get("state", str(finding.state)) == str(finding.state)
        assert wanted.get("file", finding.place.file) == finding.place.file
        assert wanted.get("line", finding.place.line) == finding.place.line
        assert finding.fix
        assert wanted.get("fix", "") in finding.fix


@pytest.mark.parametrize("root", [ROOT, ROOT / "tests" / "golden" / "fleet"], ids=lambda path: path.name)
def test_who_is_not_asked_has_nothing_to_say_of_whole_fleets(root: Path, held_against_all: list[int]) -> None:
    names = environment_names(root)
    with fleet.spool() as spool:
        fleet.run(Settings(root, TODAY), names, names, spool, lambda: None)
    assert len(held_against_all) > 2


def test_what_a_policy_is_about_is_of_a_known_form() -> None:
    for policy in catalogue():
        about = getattr(folder.module(policy.family, policy.id), "about", {})
        assert set(about) <= set(concern.FORMS), policy.id
        assert all(type(names) is tuple and names for names in about.values()), policy.id


def test_the_registry_has_what_the_policies_say() -> None:
    assert registry.rows() == POLICIES, "src/pggitops/policies/registry.py is out of date: run `make generate`"


def test_the_standard_environment_is_clean(tmp_path: Path) -> None:
    assert not judged(tmp_path, {})


@pytest.mark.parametrize("policy", catalogue(), ids=lambda policy: policy.id)
def test_the_contract_of_a_policy(policy: Any, capsys: pytest.CaptureFixture[str]) -> None:
    written = [case for _, case in [param.values for param in cases()] if _ == policy.id]
    assert sum(1 for case in written if case.get("expected")) >= 2, "two cases that fail"
    assert sum(1 for case in written if not case.get("expected")) >= 2, "two cases that pass"
    assert policy.summary.endswith(".")
    assert "\n## Why\n" in policy.page
    assert "\n## How to fix\n" in policy.page
    assert policy.severity >= policy.lenient > Severity.OFF
    assert (ROOT / "src/pggitops/policies" / policy.family / f"{policy.id.replace('-', '_')}.py").is_file()
    assert run(["policies", policy.id]) == 0
    page = capsys.readouterr().out
    assert policy.summary in page
    assert "How to fix" in page
    assert run(["policies"]) == 0
    assert policy.id in capsys.readouterr().out


def test_of_an_environment_that_cannot_be_read_nothing_is_said(tmp_path: Path) -> None:
    one = tmp_path / "environments" / "one"
    one.mkdir(parents=True)
    (one / "environment.yaml").write_text("{")
    standby = {"of": "one/shop", "host": "one.acme.example"}
    words = {"standby": standby, "backups": {"repos": {"repo1": {"schedules": None}}}}
    findings = judged(tmp_path, {"environments": {"two": {"clusters": {"shop": words}}}})
    policies = {finding.policy for finding in findings}
    assert "yaml-syntax" in policies
    assert "standby-primary-missing" not in policies


def test_every_case_file_is_of_a_policy() -> None:
    others = {"waiver-unused", "policy-lowered", "policy-setting-unknown", "policy-setting-wrong"}
    assert {path.stem for path in CASES.glob("*.yaml")} - others == {policy.id for policy in catalogue()}


def test_a_policy_there_is_not() -> None:
    with pytest.raises(CannotGoOn, match=r'no policy "backup-misssing" \(did you mean "backup-missing"\?\)'):
        run(["policies", "backup-misssing"])
