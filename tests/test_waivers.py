"""What a waiver does to the findings it permits."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from pggitops.cli import run

OVERLAY = """\
apiVersion: pggitops/v1
kind: Environment
namespace: shop-db
target: {name: east, apiServer: {cidrs: [10.0.0.1/32]}, cni: calico}
operator: {version: 3.0.0}
clusters:
  one: &
  two: &
waivers:
  no-backups-yet:
    policy: backup-missing
    cluster: one
    reason: The bucket is being made
    owner: team-shop
    expires: 2026-12-01
""".replace(
    "&",
    "{owner: a, postgres: {version: 18, parameters: {shared_buffers: 2GB}},"
    " instances: {replicas: 3, storage: 10Gi, priorityClass: databases}, users: {app: {databases: [app]}},"
    " pgbouncer: {clients: {api: {namespace: shop}}}, monitoring: {prometheus: {namespace: monitoring}},"
    " backups: {enabled: false}}",
)


@pytest.fixture(autouse=True)
def overlay(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    file = tmp_path / "environments" / "shop" / "environment.yaml"
    file.parent.mkdir(parents=True)
    file.write_text(OVERLAY)
    monkeypatch.chdir(tmp_path)
    return file


def states(capsys: pytest.CaptureFixture[str], day: str, *more: str) -> tuple[int, dict[tuple[str, str], str]]:
    code = run(["check", "--today", day, "--format", "json", "--kubeconform", "never", *more])
    findings = json.loads(capsys.readouterr().out)["findings"]
    return code, {(finding["policy"], finding["cluster"]): finding["state"] for finding in findings}


def test_a_waiver_is_for_its_cluster(capsys: pytest.CaptureFixture[str]) -> None:
    code, found = states(capsys, "2026-11-25")
    assert code == 1
    assert found[("backup-missing", "one")] == "waived"
    assert found[("backup-missing", "two")] == "open"


def test_without_a_cluster_it_is_for_all_and_stops_nothing(overlay: Path, capsys: pytest.CaptureFixture[str]) -> None:
    overlay.write_text(OVERLAY.replace("    cluster: one\n", ""))
    code, found = states(capsys, "2026-11-25")
    assert (code, set(found.values())) == (0, {"waived"})
    assert run(["render", "--today", "2026-11-25", "--kubeconform", "never"]) == 0
    assert "2 waived" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("day", "code", "state"), [("2026-12-01", 0, "waived"), ("2026-12-15", 0, "waived"), ("2026-12-16", 1, "open")]
)
def test_the_day_decides(day: str, code: int, state: str, overlay: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Up to its last day, and the days of grace after it, it holds."""
    overlay.write_text(OVERLAY.replace("    cluster: one\n", ""))
    found = states(capsys, day)
    assert (found[0], found[1][("backup-missing", "one")]) == (code, state)


def test_warnings_fail_only_when_asked(overlay: Path, capsys: pytest.CaptureFixture[str]) -> None:
    overlay.write_text(
        OVERLAY.replace("    cluster: one\n", "").replace(
            "kind: Environment\n", "kind: Environment\ntier: development\n"
        )
    )
    assert states(capsys, "2026-11-25")[0] == 0
    assert states(capsys, "2026-12-25")[0] == 1
    overlay.write_text(
        OVERLAY.partition("waivers:")[0].replace("kind: Environment\n", "kind: Environment\ntier: development\n")
    )
    assert states(capsys, "2026-11-25")[0] == 0
    assert states(capsys, "2026-11-25", "--fail-on", "warning")[0] == 1
    assert states(capsys, "2026-11-25", "--fail-on", "never")[0] == 0
    overlay.write_text(OVERLAY.partition("waivers:")[0])
    assert states(capsys, "2026-11-25")[0] == 1
    assert states(capsys, "2026-11-25", "--fail-on", "never")[0] == 0
    assert run(["render", "--check", "--fail-on", "never", "--kubeconform", "never"]) == 0


POLICY = """\
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata: {name: reports, namespace: shop-db}
spec: {podSelector: {}, ingress: [{from: [{ipBlock: {cidr: 10.9.0.0/16}}], ports: [{port: 5432}]}]}
"""


def test_an_object_is_meant_alone(overlay: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Of two objects with the same fault, the one that is named is waived."""
    folder = overlay.parent / "manifests"
    folder.mkdir()
    (folder / "reports.yaml").write_text(POLICY)
    (folder / "others.yaml").write_text(POLICY.replace("reports", "others"))
    overlay.write_text(
        OVERLAY.replace("backup-missing", "database-reachable-directly").replace(
            "cluster: one", "object: NetworkPolicy/reports"
        )
    )
    assert run(["check", "--today", "2026-11-25", "--format", "json", "--kubeconform", "never"]) == 1
    findings = json.loads(capsys.readouterr().out)["findings"]
    own = "database-reachable-directly"
    found = {(one["object"]["name"], one["state"]) for one in findings if one["policy"] == own}
    assert found == {("reports", "waived"), ("others", "open")}


def test_the_list(overlay: Path, capsys: pytest.CaptureFixture[str]) -> None:
    second = "  older: {policy: name-too-long, reason: It is old, owner: team-old, ticket: DB-1, expires: 2026-11-20}\n"
    overlay.write_text(OVERLAY + second)
    assert run(["waivers", "--today", "2026-11-25", "--format", "json"]) == 0
    older, newer = json.loads(capsys.readouterr().out)["waivers"]
    assert (older["name"], older["days"], older["state"], older["ticket"]) == ("older", -5, "grace", "DB-1")
    assert (newer["policy"], newer["cluster"], newer["days"], newer["state"]) == ("backup-missing", "one", 6, "holds")
    assert overlay.read_text().splitlines()[newer["line"] - 1] == "  no-backups-yet:"
    assert run(["waivers", "shop", "--today", "2026-12-10"]) == 0
    text = capsys.readouterr().out
    assert "2026-11-20  expired 20 days ago, permits nothing: name-too-long in shop\n    older, team-old DB-1" in text
    assert "2026-12-01  expired 9 days ago, holds for its grace: backup-missing in shop/one" in text


def test_the_list_says_what_it_lacks(overlay: Path, capsys: pytest.CaptureFixture[str]) -> None:
    overlay.write_text(OVERLAY.replace("owner: a", "ovner: a"))
    assert run(["waivers"]) == 1
    assert "shop cannot be read" in capsys.readouterr().err
    overlay.write_text(OVERLAY.partition("waivers:")[0])
    assert run(["waivers"]) == 0
    assert capsys.readouterr().out == "none\n"
