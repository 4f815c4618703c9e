"""Which Secrets must be there before the first sync: none is forgotten that an object refers to."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from fleets import FLEETS, documents
from pggitops import model, render, schema
from pggitops.cli import run
from pggitops.needed_secrets import command, needed

ROOT, GOLDEN = FLEETS


def referred(value: Any, field: str = "") -> Iterator[str]:
    """The names of Secrets in a resource: of projections, of users, of PMM, of pull secrets."""
    if isinstance(value, dict):
        for key, item in value.items():
            if key in ("secretName",) or (key == "secret" and isinstance(item, str)):
                yield item
            elif key in ("secret", "customTLSSecret", "customReplicationTLSSecret", "customRootCATLSSecret"):
                yield item["name"]
            else:
                yield from referred(item, key)
    elif isinstance(value, list):
        for item in value:
            if field == "imagePullSecrets":
                yield item["name"]
            yield from referred(item, field)


@pytest.mark.parametrize("name", documents())
def test_every_secret_an_object_refers_to_is_listed(name: str) -> None:
    environment = model.build(name, documents()[name])
    known = {one.name for one in needed(environment)}
    own = {"extensions-read"}  # the store of custom extensions is the operator's business
    for manifest in render.render(environment, schema.list_keys(environment.operator.version)):
        assert set(referred(manifest.document)) - own <= known, manifest.path


def secrets(capsys: pytest.CaptureFixture[str], name: str, root: Path = ROOT) -> dict[str, dict[str, Any]]:
    assert run(["secrets", name, "--root", str(root), "--format", "json"]) == 0
    return {one["name"]: one for one in json.loads(capsys.readouterr().out)["secrets"]}


def test_keys_and_formats(capsys: pytest.CaptureFixture[str]) -> None:
    found = secrets(capsys, "prod-us")
    assert found["payments-eu-repository"]["keys"]["s3.conf"].splitlines() == [
        "[global]",
        "repo1-s3-key=<access key>",
        "repo1-s3-key-secret=<secret key>",
        "repo1-cipher-pass=<a long pass phrase; without it no backup can be read>",
    ]
    assert list(found["catalog-pgbackrest-secrets"]["keys"]) == ["gcs.conf"]
    assert "gcs-key" not in found["catalog-pgbackrest-secrets"]["keys"]["gcs.conf"]
    assert found["payments-standby-pguser-app"]["keys"] == {"password": "<the password app has on the primary>"}
    assert found["catalog-pguser-app"]["storeKey"] == "databases/prod-us/catalog/catalog-pguser-app"


def test_what_the_operator_makes_is_not_required(capsys: pytest.CaptureFixture[str]) -> None:
    found = secrets(capsys, "talk")
    assert {name: one["required"] for name, one in found.items()} == {"demo-pguser-shop": False}
    assert run(["secrets", "talk", "--root", str(ROOT)]) == 0
    assert "the operator makes it if it is not there" in capsys.readouterr().out


def test_one_secret_for_two_repositories_holds_the_keys_of_both() -> None:
    document = json.loads(json.dumps(documents()["everything"]))
    repos = document["clusters"]["main"]["backups"]["repos"]
    repos["repo1"]["credentials"] = {}
    repos["repo2"] = {"s3": {"bucket": "other", "region": "x"}}
    (one,) = [one for one in needed(model.build("e", document)) if one.name == "main-pgbackrest-secrets"]
    lines = one.keys["s3.conf"].splitlines()
    assert [line for line in lines if line.startswith(("[", "repo1-s3-key=", "repo2-s3-key="))] == [
        "[global]",
        "repo1-s3-key=<access key>",
        "repo2-s3-key=<access key>",
    ]


def test_the_commands_are_for_a_shell(tmp_path: Path) -> None:
    """Run by a real one, with a program in kubectl's place that prints each argument in a line of its own."""
    kubectl = tmp_path / "kubectl"
    kubectl.write_text("#!/bin/sh\nprintf '%s\\0' \"$@\"\n")
    kubectl.chmod(0o755)
    for name in ("prod-us", "everything"):
        for one in needed(model.build(name, documents()[name])):
            text = command(one).replace("=<file>", "=file")
            environment = {"PATH": f"{tmp_path}:/usr/bin:/bin"}
            done = subprocess.run(
                ["sh", "-c", text], env=environment, capture_output=True, text=True, check=True, timeout=60
            )
            given = done.stdout.split("\0")
            assert given[:6] == ["-n", one.namespace, "create", "secret", "generic", one.name]
            for key, content in one.keys.items():
                wanted = (f"--from-literal={key}={content}", f"--from-file={key}=file", f"--from-file={key}=<file>")
                assert set(wanted) & set(given), (key, given)
