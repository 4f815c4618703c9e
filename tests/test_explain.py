"""Where a value comes from: the line that gave it, and those it shadowed."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from pggitops.cli import run
from pggitops.errors import CannotGoOn

FILES = {
    "environments/bases/low.yaml": """\
apiVersion: pggitops/v1
kind: Base
target: {name: east}
operator: {version: 3.0.0}
defaults:
  postgres: {parameters: {max_connections: 100, work_mem: 4MB}}
  instances: {replicas: 2, wal: {storage: 5Gi}}
  pgbouncer: {parameters: {max_client_conn: 100}}
""",
    "environments/bases/high.yaml": """\
apiVersion: pggitops/v1
kind: Base
bases: [low]
defaults:
  postgres: {parameters: {max_connections: 200}}
""",
    "environments/shop/environment.yaml": """\
apiVersion: pggitops/v1
kind: Environment
bases: [high]
namespace: shop
labels: {"acme.example/a.b": "x"}
defaults:
  backups:
    repos:
      repo1: {gcs: {bucket: acme-pg}}
""",
    "environments/shop/clusters/db.yaml": """\
owner: team-shop
postgres:
  version: 18
  parameters:
    max_connections: 300
    work_mem: null
instances:
  storage: 10Gi
  tolerations: [{key: a}, {key: b}]
  sets:
    wide: {storage: 20Gi, wal: null}
""",
}
DB = "clusters.db."
HIGH, LOW = "environments/bases/high.yaml", "environments/bases/low.yaml"
OVERLAY, OWN = "environments/shop/environment.yaml", "environments/shop/clusters/db.yaml"


@pytest.fixture(autouse=True)
def repository(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    for name, text in FILES.items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(text)
    monkeypatch.chdir(tmp_path)
    return tmp_path


def place(file: str, text: str) -> str:
    """Where a text stands in a file."""
    for number, line in enumerate(FILES[file].splitlines(), 1):
        if text in line:
            return f"{file}:{number}:{line.index(text) + 1}"
    raise AssertionError(text)


EXPECTED = {
    DB + "postgres.parameters.max_connections": [
        ("300", place(OWN, "300")),
        ("200", place(HIGH, "200")),
        ("100", place(LOW, "100, work")),
    ],
    DB + "postgres.parameters.work_mem": [("null", place(OWN, "null")), ("4MB", place(LOW, "4MB"))],
    "bases": [('["high"]', place(OVERLAY, "[high]"))],
    DB + "instances.replicas": [("2", place(LOW, "2, wal"))],
    DB + "backups.repos.repo1.gcs.bucket": [("acme-pg", place(OVERLAY, "acme-pg"))],
    DB + "instances.sets.wide.storage": [("20Gi", place(OWN, "20Gi")), ("10Gi", place(OWN, "10Gi"))],
    DB + "instances.sets.wide.replicas": [("2", place(LOW, "2, wal"))],
    DB + "instances.sets.wide.wal": [
        ("null", place(OWN, "null}")),
        ('{"storage": "5Gi"}', place(LOW, "{storage: 5Gi}")),
    ],
    DB + "pgbouncer.replicas": [("2", "(default)")],
    DB + "tls.only": [("true", "(default)")],
    'labels."acme.example/a.b"': [("x", place(OVERLAY, '"x"'))],
    "target.name": [("east", place(LOW, "east"))],
    "tier": [("production", "(default)")],
}


@pytest.mark.parametrize("path", EXPECTED)
def test_a_value(path: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["explain", "shop", path]) == 0
    first, *shadowed = capsys.readouterr().out.splitlines()
    (value, at), *others = EXPECTED[path]
    assert first.startswith(f"{path} = {value} ")
    assert first.removesuffix("  (a change restarts the server)").endswith(f"  {at}")
    assert [line.strip() for line in shadowed] == [f"shadows {value} at {at}" for value, at in others]


@pytest.mark.parametrize(
    ("name", "note"),
    [
        ("postgres.parameters.max_connections", "a change restarts the server"),
        ("postgres.parameters.jit", ""),
        ("pgbouncer.parameters.so_reuseport", "a change waits for new pods"),
        ("pgbouncer.parameters.max_client_conn", ""),
    ],
)
def test_what_a_change_of_a_parameter_takes(
    name: str, note: str, repository: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = repository / OWN
    more = "\npgbouncer: {parameters: {so_reuseport: 1}}\n"
    file.write_text(file.read_text().replace("    work_mem: null", "    jit: true") + more)
    path = f"{DB}{name}"
    assert run(["explain", "shop", path]) == 0
    assert (f"({note})" in capsys.readouterr().out.splitlines()[0]) == bool(note)
    assert run(["explain", "shop", path, "--format", "json"]) == 0
    assert json.loads(capsys.readouterr().out)["values"][0]["note"] == note


def test_a_list_is_one_value(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["explain", "shop", DB + "instances.tolerations"]) == 0
    assert f'tolerations = [{{"key": "a"}}, {{"key": "b"}}]  {place(OWN, "[{key: a}")}' in capsys.readouterr().out
    assert run(["explain", "shop", DB + "instances.tolerations[1].key"]) == 0
    assert f"tolerations[1].key = b  {place(OWN, 'b}')}" in capsys.readouterr().out


def test_the_whole_document(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["explain", "shop"]) == 0
    out = capsys.readouterr().out
    for path in ("namespace.name", "clusters.db.owner", "clusters.db.pgbouncer.parameters.max_client_conn"):
        assert f"{path} = " in out
    assert "(default)" not in out


def test_json(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["explain", "shop", DB + "postgres.parameters.max_connections", "--format", "json"]) == 0
    shown = json.loads(capsys.readouterr().out)
    (value,) = shown["values"]
    assert shown["version"] == 1
    assert (value["value"], value["default"]) == (300, False)
    assert [origin["value"] for origin in value["origins"]] == [300, 200, 100]
    assert value["origins"][0]["file"] == OWN


@pytest.mark.parametrize(
    ("path", "message"),
    [
        (DB + "postgress", r'did you mean "postgres"\?'),
        (DB + "postgres.parameters.max_conections", r'did you mean "max_connections"\?'),
        ("clusters.dbb", r'did you mean "db"\?'),
        ("nothing.at.all", "shop has nothing at nothing.at.all"),
    ],
)
def test_what_there_is_not(path: str, message: str) -> None:
    with pytest.raises(CannotGoOn, match=message):
        run(["explain", "shop", path])


def test_an_environment_that_is_not_valid_is_explained_all_the_same(
    repository: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = repository / OWN
    file.write_text(file.read_text().replace("version: 18", "version: no"))
    assert run(["explain", "shop", DB + "postgres.version"]) == 0
    assert "postgres.version = no " in capsys.readouterr().out
