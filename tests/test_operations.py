"""`pggitops operation`, and the upgrades that overlays declare: what is written, where, and what is refused."""

from __future__ import annotations

import datetime
import shutil
from pathlib import Path

import pytest
import yaml

from pggitops import schema
from pggitops.cli import run
from pggitops.errors import CannotGoOn

ROOT = Path(__file__).parent.parent
DAY = ["--today", "2026-11-26"]
AT = ["--at", "2026-11-26 08:15"]


@pytest.fixture
def fleet(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    shutil.copytree(ROOT / "environments", tmp_path / "environments")
    monkeypatch.chdir(tmp_path)
    return tmp_path


def only(folder: Path) -> tuple[Path, dict[str, object]]:
    (file,) = folder.rglob("*.yaml")
    document: dict[str, object] = yaml.safe_load(file.read_text())
    return file, document


@pytest.mark.parametrize(
    ("given", "file", "spec"),
    [
        (
            ["backup", "prod-eu/payments", "--type", "incremental"],
            "2026-11-26-081500-backup-payments-incremental.yaml",
            {"pgCluster": "payments", "repoName": "repo1", "options": ["--type=incr"]},
        ),
        (
            ["restore", "prod-eu/payments", "--to", "2026-11-20 12:00:00+00"],
            "2026-11-26-081500-restore-payments.yaml",
            {
                "pgCluster": "payments",
                "repoName": "repo1",
                "options": ["--type=time", '--target="2026-11-20 12:00:00+00"'],
            },
        ),
    ],
)
def test_what_is_written(given: list[str], file: str, spec: dict[str, object], fleet: Path) -> None:
    assert run(["operation", *given, *AT]) == 0
    path, document = only(fleet / "operations")
    assert path == fleet / "operations" / "prod-eu" / file
    assert document["spec"] == spec
    assert not schema.check_manifest(document, "3.0.0", None)


def test_a_dated_file_is_never_replaced(fleet: Path) -> None:
    restore = ["operation", "restore", "prod-eu/payments", *AT]
    assert run([*restore, "--to", "2026-11-20 12:00:00+00"]) == 0
    before = only(fleet / "operations")[0].read_bytes()
    assert run([*restore, "--to", "2026-11-20 12:00:00+00"]) == 0
    with pytest.raises(CannotGoOn, match="says something else"):
        run([*restore, "--to", "2026-11-21 12:00:00+00"])
    assert only(fleet / "operations")[0].read_bytes() == before


@pytest.mark.parametrize(
    "operation",
    [["backup", "prod-eu/payments"], ["restore", "prod-eu/payments"], ["switchover", "prod-eu/orders"]],
    ids=lambda operation: operation[0],
)
def test_two_of_a_day_are_two(operation: list[str], fleet: Path) -> None:
    for time in ("2026-11-26 08:15", "2026-11-26T17:30:01+01:00"):
        assert run(["operation", *operation, "--at", time]) == 0
    first, second = sorted((fleet / "operations").rglob("*.yaml"))
    assert second.name.startswith(f"2026-11-26-163001-{operation[0]}")
    documents = [yaml.safe_load(file.read_text())["metadata"] for file in (first, second)]
    assert documents[0] != documents[1]
    if operation[0] != "switchover":
        assert documents[1]["name"].endswith("-20261126-163001")


@pytest.mark.parametrize(
    "operation", [["backup", "--type=differential"], ["backup", "--type=incremental"], ["restore"]]
)
def test_the_longest_name_fits(operation: list[str], fleet: Path) -> None:
    cluster = "p" * 37
    clusters = fleet / "environments" / "prod-eu" / "clusters"
    (clusters / "payments.yaml").rename(clusters / f"{cluster}.yaml")
    assert run(["operation", operation[0], f"prod-eu/{cluster}", *operation[1:], *AT]) == 0
    metadata = only(fleet / "operations")[1]["metadata"]
    assert isinstance(metadata, dict)
    assert len(metadata["name"]) <= 63


def test_named_by_now_where_nothing_is_said(fleet: Path) -> None:
    before = datetime.datetime.now(datetime.UTC)
    assert run(["operation", "backup", "prod-eu/payments"]) == 0
    named = only(fleet / "operations")[0].name[:17]
    after = datetime.datetime.now(datetime.UTC)
    assert f"{before:%Y-%m-%d-%H%M%S}" <= named <= f"{after:%Y-%m-%d-%H%M%S}"


def test_printed_and_not_written(fleet: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["operation", "switchover", "prod-eu/orders", *AT, "--print"]) == 0
    patch = yaml.safe_load(capsys.readouterr().out)
    assert patch["metadata"]["annotations"]["pgv2.percona.com/trigger-switchover"] == "2026-11-26T08:15:00Z"
    assert patch["spec"] == {"patroni": {"switchover": {"enabled": True}}}
    assert not (fleet / "operations").exists()


def test_a_switchover_to_an_instance(fleet: Path) -> None:
    overlay = fleet / "environments" / "prod-eu" / "clusters" / "orders.yaml"
    old = "instances: {cpu: 2, memory: 8Gi, storage: 100Gi}"
    new = "instances: {cpu: 2, memory: 8Gi, storage: 100Gi, sets: {second-one: {storage: 50Gi}}}"
    overlay.write_text(overlay.read_text().replace(old, new))
    for instance in ("orders-instance1-b7xk", "orders-second-one-4dfg"):
        assert run(["operation", "switchover", "prod-eu/orders", "--to", instance, *AT]) == 0
        path, document = only(fleet / "operations")
        text = path.read_text()
        path.unlink()
        assert document["spec"] == {"patroni": {"switchover": {"enabled": True, "targetInstance": instance}}}
        assert f"prod-eu/orders to {instance}" in text


@pytest.mark.parametrize(
    ("given", "says"),
    [
        (
            ["switchover", "prod-eu/orders", "--to", "orders-instance1-b7xk-0"],
            "a pod Its instance is orders-instance1-b7xk.",
        ),
        (["switchover", "prod-eu/orders", "--to", "orders-small-b7xk"], "no instance set small It has instance1; see"),
        (
            ["switchover", "prod-eu/orders", "--to", "payments-instance1-b7xk"],
            "which are called orders-SET-XXXX See `kubectl -n databases-eu get pods",
        ),
        (["switchover", "prod-eu/orders", "--to", "instance1"], "which are called orders-SET-XXXX"),
        (["backup", "prod-eu"], "ENV/CLUSTER"),
        (["backup", "prod-eu/payments", "--at", "noon"], "YYYY-MM-DD HH:MM"),
        (["backup", "prod-eu/payment"], 'did you mean "payments"'),
        (["backup", "staginx/payments"], 'did you mean "staging"'),
        (["backup", "prod-eu/payments", "--repo", "repo2"], "has no repo2"),
        (["backup", "prod-us/payments-standby"], "is a standby"),
        (["restore", "prod-eu/payments", "--option=--typ=time"], 'did you mean "type"'),
        (["restore", "prod-eu/payments", "--to", "tomorrow"], "tomorrow"),
        (["switchover", "dev/payments"], "one instance"),
        (["upgrade", "prod-eu/orders"], "declares no upgrade Write `upgrade: {to: 18}`."),
        (["upgrade", "prod-eu/payments"], "declares no upgrade 3.0.0 has no images of a later one."),
    ],
)
def test_what_is_refused(given: list[str], says: str, fleet: Path) -> None:
    with pytest.raises(CannotGoOn) as refused:
        run(["operation", *given])
    assert says in f"{refused.value} {refused.value.fix}"
    assert not (fleet / "operations").exists()


def test_what_cannot_be_operated_on(fleet: Path) -> None:
    overlay = fleet / "environments" / "prod-eu" / "environment.yaml"
    overlay.write_text(overlay.read_text() + "nonsense: 1\n")
    with pytest.raises(CannotGoOn, match=r"^prod-eu has 1 problem$"):
        run(["operation", "backup", "prod-eu/payments"])
    shutil.rmtree(overlay.parent)
    overlay.parent.mkdir()
    gone = "owner: a\nreason: b\ndata: kept\nbackups: kept\ndate: 2026-11-01\n"
    overlay.write_text(f"apiVersion: pggitops/v1\nkind: Removed\n{gone}")
    for command in (
        ["operation", "backup", "prod-eu/payments"],
        ["connect", "prod-eu/payments"],
        ["secrets", "prod-eu"],
    ):
        with pytest.raises(CannotGoOn, match=r"^prod-eu is removed$"):
            run(command)


def test_a_bootstrap_would_restore_again(fleet: Path) -> None:
    overlay = fleet / "environments" / "prod-eu" / "clusters" / "orders.yaml"
    overlay.write_text(f"{overlay.read_text()}bootstrap: {{cluster: payments, until: 2026-12-20}}\n")
    with pytest.raises(CannotGoOn, match="bootstrap"):
        run(["operation", "restore", "prod-eu/orders", *AT])


@pytest.mark.parametrize(("environment", "engine"), [("prod-eu", "Argo CD leaves alone"), ("prod-us", "flux suspend")])
def test_a_declared_upgrade_is_written_by_render(
    environment: str, engine: str, fleet: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    shutil.copytree(ROOT / "rendered", fleet / "rendered")
    file = {"prod-eu": "orders", "prod-us": "catalog"}[environment]
    overlay = fleet / "environments" / environment / "clusters" / f"{file}.yaml"
    overlay.write_text(overlay.read_text().replace("version: 18", "version: 17") + "upgrade: {to: 18}\n")
    render = ["render", environment, *DAY, "--kubeconform", "never"]
    assert run(render) == 0
    path, document = only(fleet / "operations")
    assert document["kind"] == "PerconaPGUpgrade"
    assert engine in path.read_text()
    assert not schema.check_manifest(document, "3.0.0", None)
    assert not list((fleet / "rendered").rglob("*upgrade*"))
    assert run([*render, "--check"]) == 0
    path.unlink()
    capsys.readouterr()
    assert run([*render, "--check"]) == 1
    assert f"operations/{environment}/" in capsys.readouterr().out


@pytest.mark.parametrize("group", [[], ["operation"], ["crds"]])
def test_a_group_without_a_command_tells_which_there_are(group: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert run(group) == 2
    said = capsys.readouterr()
    assert f"{said.out}{said.err}".startswith(f"Usage: {' '.join(['pggitops', *group])} ")
    with pytest.raises(CannotGoOn, match=r"(?i)no (such )?command"):
        run([*group, "backpu"])
