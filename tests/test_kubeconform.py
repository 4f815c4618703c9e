"""kubeconform itself judges; what it does not see, skips or cannot judge is a failure like what it refuses."""

import json
import os
import threading
from collections.abc import Mapping
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import Any

import pytest

from pggitops import kubeconform, yamlio
from pggitops.cli.options import asks_kubeconform
from pggitops.errors import CannotGoOn
from pggitops.kubeconform import Failure, Judgement

ROOT = Path(__file__).resolve().parents[1]
SCHEMAS = ROOT / "schemas"


@pytest.fixture(autouse=True)
def _with_program(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", f"{ROOT / '.tools' / 'bin'}:{os.environ['PATH']}")
    assert kubeconform.find(), "kubeconform is missing; `make kubeconform` installs it"


def config_map(name: str, data: Any = None) -> dict[str, Any]:
    return {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": name}, "data": data or {}}


def cluster(name: str, **words: object) -> dict[str, Any]:
    spec = {"postgresVersion": 17, "instances": [{"name": "a", "dataVolumeClaimSpec": {}}], "backups": {}, **words}
    return {"apiVersion": "pgv2.percona.com/v2", "kind": "PerconaPGCluster", "metadata": {"name": name}, "spec": spec}


SERVICE: dict[str, Any] = {
    "apiVersion": "v1",
    "kind": "Service",
    "metadata": {"name": "s"},
    "spec": {"ports": [{"port": 5432}]},
}
ROLE: dict[str, Any] = {
    "apiVersion": "rbac.authorization.k8s.io/v1",
    "kind": "Role",
    "metadata": {"name": "r"},
    "rules": [],
}
SEALED: dict[str, Any] = {
    "apiVersion": "bitnami.com/v1alpha1",
    "kind": "SealedSecret",
    "metadata": {"name": "x"},
    "spec": {},
}
GOOD = yamlio.dump(config_map("good"))
SUFFIX = {"clusterServiceDNSSuffix": "cluster.local"}
"""A word of the operator since 2.9.0."""


@dataclass
class Case:
    """Files (text or objects), how many objects each should hold, and what should be refused in which words."""

    files: Mapping[str, str | list[Any]]
    expected: dict[str, int]
    refused: list[tuple[str, str, tuple[str | int, ...], str]] = field(default_factory=list)
    versions: dict[str, str] = field(default_factory=dict)


CASES = {
    "good objects": Case(
        {"a.yaml": GOOD, "b/c.yaml": [SERVICE, ROLE], "b/d.yml": [cluster("d")], "e.json": json.dumps(config_map("e"))},
        {"a.yaml": 1, "b/c.yaml": 2, "b/d.yml": 1, "e.json": 1},
        versions={"b": "3.0.0"},
    ),
    "wrong type": Case(
        {"a.yaml": [{**SERVICE, "spec": {"ports": [{"port": 1}, {"port": "x"}]}}]},
        {"a.yaml": 1},
        [("a.yaml", "s", ("spec", "ports", 1, "port"), "got string, want integer")],
    ),
    "several wrong things": Case(
        {"a.yaml": [{**SERVICE, "spec": {"ports": [{"port": "x", "prot": 1}], "type": 5}}, config_map("ok")]},
        {"a.yaml": 2},
        [
            ("a.yaml", "s", ("spec", "ports", 0, "port"), "got string, want integer"),
            ("a.yaml", "s", ("spec", "ports", 0, "prot"), "does not know this key"),
            ("a.yaml", "s", ("spec", "type"), "got number, want "),
        ],
    ),
    "neither a number nor a text": Case(
        {"a.yaml": [{**SERVICE, "spec": {"ports": [{"port": 1, "targetPort": {}}]}}]},
        {"a.yaml": 1},
        [("a.yaml", "s", ("spec", "ports", 0, "targetPort"), "got object, want ")],
    ),
    "unknown keys": Case(
        {"a.yaml": [{**config_map("m"), "foo": 1, "it's": 2}, cluster("c", instancse=[])]},
        {"a.yaml": 2},
        [
            ("a.yaml", "m", ("foo",), "does not know this key"),
            ("a.yaml", "m", ("it's",), "does not know this key"),
            ("a.yaml", "c", ("spec", "instancse"), "does not know this key"),
        ],
        {"a.yaml": "2.9.0"},
    ),
    "missing key": Case(
        {"a.yaml": [{**ROLE, "rules": [{"resources": ["pods"]}]}]},
        {"a.yaml": 1},
        [("a.yaml", "r", ("rules", 0), "missing property 'verbs'")],
    ),
    "keys that look like something else in a pointer": Case(
        {
            "a.yaml": [
                config_map(
                    "m",
                    {
                        "0": 1,
                        "a/b": 2,
                        "c~d": 3,
                        "e'f": 4,
                        'g"h\\i': 5,
                        "é\n - at '/i': j": 6,
                        "\a\x1b\u2028\U000e0001": 7,
                    },
                )
            ]
        },
        {"a.yaml": 1},
        [
            ("a.yaml", "m", ("data", key), "got number, want string")
            for key in ("0", "a/b", "c~d", "e'f", 'g"h\\i', "é\n - at '/i': j", "\a\x1b\u2028\U000e0001")
        ],
    ),
    "a kind without a schema": Case(
        {"a.yaml": [{**config_map("m"), "kind": "ConfigMapp"}, {**config_map("n"), "apiVersion": "example.com/v1"}]},
        {"a.yaml": 2},
        [
            ("a.yaml", "m", (), "no usable schema for ConfigMapp of v1"),
            ("a.yaml", "n", (), "no usable schema for ConfigMap of example.com/v1"),
        ],
    ),
    "empty file": Case({"a.yaml": "", "b.yaml": GOOD}, {"a.yaml": 1, "b.yaml": 1}, [("a.yaml", "", (), "saw 0 of 1")]),
    "only comments": Case({"a.yaml": "# a\n---\n# b\n"}, {"a.yaml": 1}, [("a.yaml", "", (), "saw 0 of 1")]),
    "only comments, as expected": Case({"a.yaml": "# a\n---\n# b\n", "b.yaml": GOOD}, {"a.yaml": 0, "b.yaml": 1}),
    "a second object nobody spoke of": Case(
        {"a.yaml": [config_map("m"), config_map("n")]}, {"a.yaml": 1}, [("a.yaml", "", (), "saw 2 of 1")]
    ),
    "an object too few in one file and too many in another": Case(
        {"a.yaml": [SERVICE], "b.yaml": [SERVICE, SERVICE, SERVICE]},
        {"a.yaml": 2, "b.yaml": 2},
        [("a.yaml", "", (), "saw 1 of 2"), ("b.yaml", "", (), "saw 3 of 2")],
    ),
    "a duplicate key": Case(
        {"a.yaml": GOOD + "data:\n  a: b\n"}, {"a.yaml": 1}, [("a.yaml", "good", (), 'key "data" already set in map')]
    ),
    "no YAML": Case({"a.yaml": "a: [\n"}, {"a.yaml": 1}, [("a.yaml", "", (), "did not find")]),
    "no object": Case({"a.yaml": "- a\n"}, {"a.yaml": 1}, [("a.yaml", "", (), "array")]),
    "no kind": Case({"a.yaml": "apiVersion: v1\n"}, {"a.yaml": 1}, [("a.yaml", "", (), "missing 'kind' key")]),
    "a file that is not there does not hide the others": Case(
        {f"{name}.yaml": GOOD if name < "y" else [SEALED, {**SERVICE, "spec": 1}] for name in "abyz"},
        {"a.yaml": 1, "aa.yaml": 1, "b.yaml": 1, "y.yaml": 2, "z.yaml": 2},
        [
            ("aa.yaml", "", (), "not there"),
            ("y.yaml", "s", ("spec",), "got number, want "),
            ("y.yaml", "x", ("spec",), "missing"),
            ("z.yaml", "s", ("spec",), "got number, want "),
            ("z.yaml", "x", ("spec",), "missing"),
        ],
    ),
    "a file kubeconform does not read": Case({"SUMS": GOOD}, {"SUMS": 1}, [("SUMS", "", (), "saw 0 of 1")]),
    "clusters by the version of their operator": Case(
        {f"{place}/a.yaml": [cluster("c", **SUFFIX)] for place in ("old", "new", "targets/eu", "targets/us")},
        {f"{place}/a.yaml": 1 for place in ("old", "new", "targets/eu", "targets/us")},
        [
            ("old/a.yaml", "c", ("spec", "clusterServiceDNSSuffix"), "does not know this key"),
            ("targets/us/a.yaml", "c", ("spec", "clusterServiceDNSSuffix"), "does not know this key"),
        ],
        {"old": "2.8.2", "new": "2.9.0", "targets": "2.8.2", "targets/eu": "3.0.0"},
    ),
    "a name that begins like another": Case(
        {"prod-eu/a.yaml": [cluster("c")], "prod/a.yaml": [cluster("c")]},
        {"prod-eu/a.yaml": 1, "prod/a.yaml": 1},
        [("prod-eu/a.yaml", "c", (), "no usable schema for PerconaPGCluster")],
        {"prod": "3.0.0"},
    ),
    "an operator nobody knows": Case(
        {"a/a.yaml": [cluster("c"), SERVICE]},
        {"a/a.yaml": 2},
        [("a/a.yaml", "c", (), "no usable schema for PerconaPGCluster of pgv2.percona.com/v2")],
        {"a": "9.9.9"},
    ),
    "names that mean something to a shell or to Go": Case(
        {"-v.yaml": GOOD, "a b/{{.Kind}} é#%20.yaml": [{**SERVICE, "spec": 1}]},
        {"-v.yaml": 1, "a b/{{.Kind}} é#%20.yaml": 1},
        [("a b/{{.Kind}} é#%20.yaml", "s", ("spec",), "got number, want ")],
    ),
}


def laid_out(folder: Path, files: Mapping[str, str | list[Any]]) -> Path:
    for name, content in files.items():
        text = content if isinstance(content, str) else "---\n".join(yamlio.dump(document) for document in content)
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text, "utf-8")
    return folder


@pytest.mark.parametrize("name", CASES)
def test_judgement(tmp_path: Path, name: str) -> None:
    case = CASES[name]
    judgement = kubeconform.run(laid_out(tmp_path, case.files), case.expected, case.versions, SCHEMAS, None)
    told = sorted((one.file, one.name, str(one.path), one.message) for one in judgement.failures)
    wanted = sorted((file, name, str(path), words) for file, name, path, words in case.refused)
    assert [one[:3] for one in told] == [one[:3] for one in wanted]
    for (*_, message), (*_, words) in zip(told, wanted, strict=True):
        assert words in message
    assert judgement.expected == sum(case.expected.values())
    if not case.refused:
        assert judgement.valid == judgement.expected


def test_a_failure_says_which_object(tmp_path: Path) -> None:
    laid_out(tmp_path, {"a/b.yaml": [ROLE, {**ROLE, "rules": "none"}]})
    judgement = kubeconform.run(tmp_path, {"a/b.yaml": 2}, {}, SCHEMAS, None)
    failure = Failure("a/b.yaml", "Role", "r", ROLE["apiVersion"], ("rules",), judgement.failures[0].message)
    assert judgement == Judgement(1, 2, (failure,))


def test_two_runs_say_the_same(tmp_path: Path) -> None:
    files = {f"{n}.yaml": [{**SERVICE, "spec": {"ports": [{"port": "x"}] * 3}}, config_map("m")] for n in range(30)}
    runs = [kubeconform.run(laid_out(tmp_path, files), dict.fromkeys(files, 2), {}, SCHEMAS, None) for _ in range(5)]
    assert len(runs[0].failures) == 90
    assert all(run == runs[0] for run in runs)


@pytest.mark.parametrize("schemas", ["nowhere", "empty", "elsewhere"])
def test_a_wrong_folder_of_schemas_is_no_pass(tmp_path: Path, schemas: str) -> None:
    (tmp_path / "empty" / "kinds").mkdir(parents=True)
    (tmp_path / "elsewhere").symlink_to(SCHEMAS / "kinds")
    judgement = kubeconform.run(laid_out(tmp_path, {"a.yaml": GOOD}), {"a.yaml": 1}, {}, tmp_path / schemas, None)
    assert judgement.valid == 0
    assert [failure.message for failure in judgement.failures] == ["there is no usable schema for ConfigMap of v1"]


def test_a_folder_whose_name_means_something_to_kubeconform(tmp_path: Path) -> None:
    folder = laid_out(tmp_path / "a #b%20{{c}} http", {"a.yaml": GOOD, "b.yaml": [{**SERVICE, "spec": 1}]})
    (folder / "schemas").symlink_to(SCHEMAS)
    judgement = kubeconform.run(folder, {"a.yaml": 1, "b.yaml": 1}, {}, folder / "schemas", None)
    assert [(failure.file, failure.path) for failure in judgement.failures] == [("b.yaml", ("spec",))]
    assert judgement.valid == 1


def test_more_files_than_fit_into_one_command(tmp_path: Path) -> None:
    laid_out(tmp_path, {"a.yaml": GOOD})
    files = [f"{number}-{'n' * 240}.yaml" for number in range(9_000)]
    for file in files:
        (tmp_path / file).hardlink_to(tmp_path / "a.yaml")
    judgement = kubeconform.run(tmp_path, dict.fromkeys(files, 1), {}, SCHEMAS, None)
    assert judgement == Judgement(9_000, 9_000, ())


# Kinds of the user's own

OWN_KIND = {
    "$schema": "http://json-schema.org/draft-07/schema#",
    "properties": {"apiVersion": {}, "kind": {}, "metadata": {}, "size": {"type": "integer"}},
    "additionalProperties": False,
}


def own_schema(root: Path, name: str, schema: object) -> Path:
    file = root / "schemas" / "kinds" / "custom" / name
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(json.dumps(schema), "utf-8")
    return root / "schemas"


def test_a_kind_of_the_users_own(tmp_path: Path) -> None:
    schemas = own_schema(tmp_path, "example.com/box_v1.json", OWN_KIND)
    box = {"apiVersion": "example.com/v1", "kind": "Box", "metadata": {"name": "b"}}
    files: dict[str, Any] = {"a.yaml": [{**box, "size": 1}], "b.yaml": [{**box, "size": "x"}], "c.yaml": GOOD}
    judgement = kubeconform.run(laid_out(tmp_path / "f", files), dict.fromkeys(files, 1), {}, SCHEMAS, schemas)
    assert [(one.file, one.path, one.message) for one in judgement.failures] == [
        ("b.yaml", ("size",), "got string, want integer")
    ]
    assert judgement.valid == 2


def test_what_is_wrong_with_every_alternative_is_one_failure(tmp_path: Path) -> None:
    size = {"anyOf": [{"type": "integer"}, {"type": "string", "maxLength": 2}, {"properties": {"a": {"type": "null"}}}]}
    schemas = own_schema(
        tmp_path, "example.com/box_v1.json", {**OWN_KIND, "properties": {"size": size}, "additionalProperties": True}
    )
    boxes = [{"apiVersion": "example.com/v1", "kind": "Box", "metadata": {"name": "b"}, "size": {"a": 1}}]
    judgement = kubeconform.run(laid_out(tmp_path / "f", {"a.yaml": boxes}), {"a.yaml": 1}, {}, SCHEMAS, schemas)
    assert [(failure.path, failure.message) for failure in judgement.failures] == [
        (("size",), "got object, want integer; got object, want string"),
        (("size", "a"), "got number, want null"),
    ]


def test_the_users_schemas_do_not_replace_those_shipped(tmp_path: Path) -> None:
    for name in (
        "v1/service_v1.json",
        "pgv2.percona.com/perconapgcluster_v2.json",
        "bitnami.com/sealedsecret_v1alpha1.json",
    ):
        schemas = own_schema(tmp_path, name, {"$schema": OWN_KIND["$schema"]})
    files = {
        "a.yaml": [{**SERVICE, "spec": 1}],
        "b.yaml": [{**SEALED, "spec": 1}],
        "c.yaml": [cluster("c", pause="no")],
    }
    expected = dict.fromkeys(files, 1)
    judgement = kubeconform.run(laid_out(tmp_path / "f", files), expected, {"c.yaml": "2.9.0"}, SCHEMAS, schemas)
    assert [failure.path for failure in judgement.failures] == [("spec",), ("spec",), ("spec", "pause")]


def test_nothing_is_fetched(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[str] = []

    class Proxy(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            asked.append(self.path)
            self.send_error(404)

        def log_message(self, format: str, *arguments: object) -> None:
            pass

    server = HTTPServer(("127.0.0.1", 0), Proxy)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    for name in ("http_proxy", "HTTP_PROXY", "https_proxy", "HTTPS_PROXY"):
        monkeypatch.setenv(name, f"http://127.0.0.1:{server.server_port}")
    remote = {**OWN_KIND, "properties": {"size": {"$ref": "http://schemas.example/size.json"}}}
    schemas = own_schema(tmp_path, "example.com/box_v1.json", remote)
    box = {"apiVersion": "example.com/v1", "kind": "Box", "metadata": {"name": "b"}}
    files = {"a.yaml": [box], "b.yaml": [config_map("m") | {"kind": "Unheard"}]}
    judgement = kubeconform.run(laid_out(tmp_path / "f", files), dict.fromkeys(files, 1), {}, SCHEMAS, schemas)
    server.shutdown()
    server.server_close()
    assert len(judgement.failures) == 2
    assert asked == []


# The program


def stand_in(folder: Path, script: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Another program of that name, alone on PATH."""
    program = folder / "bin" / "kubeconform"
    program.parent.mkdir(parents=True)
    program.write_text(f"#!/bin/sh\n{script}\n")
    program.chmod(0o755)
    monkeypatch.setenv("PATH", str(program.parent))


def answer(code: int, summary: dict[str, int] | None = None, **result: str) -> str:
    every = {"valid": 0, "invalid": 0, "errors": 0, "skipped": 0} | (summary or {})
    known = {"filename": "files/a.yaml", "kind": "ConfigMap", "name": "good", "version": "v1", "msg": ""}
    resources = [known | result] if result else []
    return f"echo '{json.dumps({'resources': resources, 'summary': every})}'; exit {code}"


BROKEN = {
    "says nothing": ("exit 0", "no answer that can be read: exit code 0"),
    "says no JSON": ("echo All is well", "no answer that can be read"),
    "says other JSON": ("echo '{\"resources\": []}'", "no answer that can be read"),
    "says half a JSON": ("echo '{\"resources\": ['; exit 1", "no answer that can be read"),
    "says a list": ("echo '[]'", "no answer that can be read"),
    "says something on stderr": ("echo 'unknown flag -x' >&2; exit 1", "no answer that can be read: unknown flag -x"),
    "says more than it lists": (answer(0, {"valid": 1}), "contradicts itself"),
    "lists more than it says": (answer(0, status="statusValid"), "contradicts itself"),
    "fails without a reason": (answer(1, {"valid": 1}, status="statusValid"), "contradicts itself"),
    "refuses without failing": (answer(0, {"invalid": 1}, status="statusInvalid"), "contradicts itself"),
    "is killed": (answer(0, {"valid": 1}, status="statusValid").replace("exit 0", "kill -9 $$"), "contradicts itself"),
    "never ends": ("exec /bin/sleep 60", "has not answered within 0.3 seconds"),
}


@pytest.mark.parametrize("name", BROKEN)
def test_a_broken_program(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    script, words = BROKEN[name]
    stand_in(tmp_path, script, monkeypatch)
    laid_out(tmp_path, {"a.yaml": GOOD})
    with pytest.raises(CannotGoOn, match=words) as caught:
        kubeconform.run(tmp_path, {"a.yaml": 1}, {}, SCHEMAS, None, timeout=0.3 if name == "never ends" else 60)
    assert "go install" in caught.value.fix


def test_a_program_of_another_kind_of_machine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    stand_in(tmp_path, "", monkeypatch)
    (tmp_path / "bin" / "kubeconform").write_bytes(b"\x7fELF\0\0")
    with pytest.raises(CannotGoOn, match="does not run"):
        kubeconform.run(laid_out(tmp_path, {"a.yaml": GOOD}), {"a.yaml": 1}, {}, SCHEMAS, None)


def test_what_is_skipped_is_a_failure(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    stand_in(tmp_path, answer(0, {"skipped": 1}, status="statusSkipped"), monkeypatch)
    judgement = kubeconform.run(laid_out(tmp_path, {"a.yaml": GOOD}), {"a.yaml": 1}, {}, SCHEMAS, None)
    assert judgement == Judgement(
        0, 1, (Failure("a.yaml", "ConfigMap", "good", "v1", (), "kubeconform skipped the object"),)
    )


def test_a_run_that_saw_nothing_is_a_failure(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    stand_in(tmp_path, answer(0), monkeypatch)
    judgement = kubeconform.run(laid_out(tmp_path, {"a.yaml": GOOD}), {"a.yaml": 1}, {}, SCHEMAS, None)
    assert judgement == Judgement(0, 1, (Failure("a.yaml", "", "", "", (), "kubeconform saw 0 of 1 objects"),))


def test_without_the_program(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(CannotGoOn, match="not on PATH") as caught:
        kubeconform.run(laid_out(tmp_path, {"a.yaml": GOOD}), {"a.yaml": 1}, {}, SCHEMAS, tmp_path / "schemas")
    assert "go install github.com/yannh/kubeconform/cmd/kubeconform@v0.7.0" in caught.value.fix


def test_a_program_of_the_repository_is_never_run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A pull request could bring one."""
    stand_in(tmp_path, "", monkeypatch)
    assert kubeconform.find() == str(tmp_path / "bin" / "kubeconform")
    local = tmp_path / "repository" / ".tools" / "bin" / "kubeconform"
    local.parent.mkdir(parents=True)
    local.write_text("#!/bin/sh\n")
    local.chmod(0o755)
    monkeypatch.chdir(tmp_path / "repository")
    monkeypatch.setenv("PATH", str(tmp_path))
    assert kubeconform.find() is None


@pytest.mark.parametrize(
    ("mode", "environ", "expected"),
    [
        ("always", {}, True),
        ("always", {"CI": "false"}, True),
        ("never", {"CI": "true"}, False),
        ("auto", {"CI": "true"}, True),
        ("auto", {"CI": "false"}, False),
        ("auto", {"CI": ""}, False),
        ("auto", {}, False),
    ],
)
def test_whether_it_is_asked(mode: str, environ: dict[str, str], expected: bool) -> None:
    assert asks_kubeconform(mode, environ) is expected
