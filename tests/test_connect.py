"""What an application is told: through pgBouncer, and by nothing else."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path

import pytest

from pggitops.cli import run
from pggitops.errors import CannotGoOn

ROOT = Path(__file__).parent.parent
GOLDEN = str(ROOT / "tests" / "golden" / "fleet")


def told(capsys: pytest.CaptureFixture[str], *arguments: str, root: str = str(ROOT)) -> str:
    assert run(["connect", *arguments, "--root", root]) == 0
    return capsys.readouterr().out


def test_all_an_application_needs(capsys: pytest.CaptureFixture[str]) -> None:
    text = told(capsys, "prod-eu/orders")
    assert "host      orders-pgbouncer.databases-eu.svc\n" in text
    assert "port      5432\n" in text
    assert "exposed   LoadBalancer orders-pgbouncer inside the network from 10.24.8.0/24" in text
    assert "Secret orders-pguser-app in databases-eu, keys pgbouncer-uri, pgbouncer-host" in text
    assert "key ca.crt (and no other) of Secret orders-cluster-cert" in text
    assert "api: pods app=api in orders" in text
    assert "reporting: addresses 10.24.8.0/24" in text
    assert "from databases/prod-eu/orders/orders-pguser-app in the ClusterSecretStore acme-vault" in text


def test_keys_that_go_around_pgbouncer_are_never_named(capsys: pytest.CaptureFixture[str]) -> None:
    for cluster in ("prod-eu/orders", "talk/demo", "dev/payments"):
        for user in json.loads(told(capsys, cluster, "--format", "json"))["users"]:
            assert not {"uri", "host", "port", "jdbc-uri"} & set(user["keys"])


def test_one_user_as_json(capsys: pytest.CaptureFixture[str]) -> None:
    shown = json.loads(told(capsys, "everything/main", "--user", "reporting", "--format", "json", root=GOLDEN))
    assert shown["version"] == 1
    assert [user["secret"] for user in shown["users"]] == ["reporting-password"]
    assert shown["poolMode"] == "session"
    assert shown["tls"]["caSecret"] == "main-tls"
    assert shown["readOnly"] is False


def test_a_standby_says_so(capsys: pytest.CaptureFixture[str]) -> None:
    assert "prod-us/payments-standby (a standby: read only)" in told(capsys, "prod-us/payments-standby")


def test_without_clients_the_word_to_add_is_shown(capsys: pytest.CaptureFixture[str]) -> None:
    text = told(capsys, "openshift/small", root=GOLDEN)
    assert "nobody yet" in text
    assert "clusters: {small: {pgbouncer: {clients: {api: {namespace: APP, pods: {app: api}}}}}}" in text
    assert "user      small, databases small" in text


def test_the_command_that_copies_a_secret_copies_each_key(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    """Run by a real shell, with a program in kubectl's place that prints what it is asked."""
    shown = json.loads(told(capsys, "talk/demo", "--format", "json"))
    kubectl = tmp_path / "kubectl"
    kubectl.write_text('#!/bin/sh\nif [ "$3" = get ]; then printf "<%s>" "$7"; else printf "%s\\n" "$@"; fi\n')
    kubectl.chmod(0o755)
    done = subprocess.run(
        ["sh", "-c", shown["users"][0]["handOver"]],
        env={"PATH": f"{tmp_path}:/usr/bin:/bin"},
        capture_output=True,
        text=True,
        check=True,
        timeout=60,
    )
    asked = '--from-literal=pgbouncer-uri=<go-template={{index .data "pgbouncer-uri" | base64decode}}>'
    assert asked in done.stdout.splitlines()
    assert done.stdout.splitlines()[:5] == ["-n", "APP", "create", "secret", "generic"]


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["prod-eu/ordrs"], r'no cluster "ordrs" \(did you mean "orders"\?\)'),
        (["prod-euu/orders"], r'no environment "prod-euu" \(did you mean "prod-eu"\?\)'),
        (["dev/payments", "--user", "ap"], r'no user "ap" \(did you mean "app"\?\)'),
        (["prod-eu"], 'prod-eu has no cluster ""'),
    ],
)
def test_what_there_is_not(arguments: list[str], message: str) -> None:
    with pytest.raises(CannotGoOn, match=message):
        run(["connect", *arguments, "--root", str(ROOT)])


def test_an_environment_with_problems(tmp_path: Path) -> None:
    overlay = tmp_path / "environments" / "x" / "environment.yaml"
    overlay.parent.mkdir(parents=True)
    overlay.write_text("apiVersion: pggitops/v1\nkind: Environment\n")
    with pytest.raises(CannotGoOn, match=r"x has \d+ problems") as caught:
        run(["connect", "x/y", "--root", str(tmp_path)])
    assert "pggitops check x" in caught.value.fix
