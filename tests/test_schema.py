"""Verdicts and explanations: cases as data, and the two validators on documents spoilt at random."""

from __future__ import annotations

import copy
import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import jsonschema_rs
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pggitops import schema, vocabulary, yamlio
from pggitops.compose.merge import merge
from pggitops.errors import CannotGoOn
from pggitops.findings import Severity, Violation, dotted
from pggitops.schema import explain
from samples import LEAST, filled

CASES = Path(__file__).parent / "cases" / "schema"
OPERATOR = "3.0.0"
HEAD = {"environment": "Environment", "base": "Base"}


def cases() -> Iterator[Any]:
    for file in sorted(CASES.glob("*.yaml")):
        listed, problems = yamlio.load(file.read_bytes())
        assert not problems, f"{file}: {problems}"
        for case in listed:
            yield pytest.param(case, id=f"{file.stem}: {case['name']}")


@pytest.mark.parametrize("case", list(cases()))
def test_case(case: dict[str, Any]) -> None:
    form = case["form"]
    found = schema.check_manifest(case["whole"], OPERATOR, None) if form == "manifest" else check(case)
    told = [(violation.policy, dotted(violation.path), violation.at_key) for violation in found]
    assert told == [(each["policy"], each["path"], each.get("key", False)) for each in case["expected"]]
    for violation, each in zip(found, case["expected"], strict=True):
        assert each["says"] in violation.message
        assert each.get("fix", "") in violation.fix
        assert each.get("severity", "error") == str(violation.severity or Severity.ERROR)


def check(case: dict[str, Any]) -> list[Violation]:
    form = case["form"]
    if "whole" in case:
        document = case["whole"]
    elif form == "composed":
        document = merge(LEAST, case["document"])
    else:
        head = {"apiVersion": "pggitops/v1", "kind": HEAD[form]} if form in HEAD else {}
        document = {**head, **case["document"]}
    return schema.check(document, form)


# ---- two validators, one verdict ----

JUNK: st.SearchStrategy[Any] = st.one_of(
    st.sampled_from([None, True, 0, -1, 3.5, 3.0, 1e30, 10**20, [], {}, [None], {"a": 1}, {"s3": {}}, ["a", "a"]]),
    st.sampled_from(["", "x", "8GB", "8Gi", "é", "a\n", "10.0.0.0/8", "None"]),
    st.text(max_size=5),
).map(copy.deepcopy)
WORDS = sorted({word for form in vocabulary.FORMS for word in re.findall(r'"(\w+)":', json.dumps(filled(form, 0)))})


def places(value: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """The path of every value in a document."""
    for step in value if isinstance(value, dict) else range(len(value)) if isinstance(value, list) else ():
        yield (*path, step)
        yield from places(value[step], (*path, step))


@st.composite
def spoilt(draw: st.DrawFn, document: Any) -> Any:
    """A document with up to three values replaced, removed, renamed or added."""
    document = copy.deepcopy(document)
    for _ in range(draw(st.integers(1, 3))):
        found = list(places(document))
        if not found:
            return document
        *above, step = draw(st.sampled_from(found))
        parent = document
        for each in above:
            parent = parent[each]
        action = draw(st.sampled_from(["replace", "remove", "rename", "add"]))
        if action == "replace" or (action != "remove" and not isinstance(parent, dict)):
            parent[step] = draw(JUNK)
        elif action == "add":
            parent[draw(st.one_of(st.sampled_from(WORDS), st.text(max_size=4)))] = draw(JUNK)
        else:
            value = parent.pop(step)
            if action == "rename":
                parent[f"{step}x"] = value
    return document


def agree(document: Any, found: list[Violation], whole: dict[str, Any]) -> None:
    """The explanation found what the verdict saw, and says it in no language but the reader's."""
    is_valid = explain.validator_of(whole).is_valid(document)
    assert is_valid == jsonschema_rs.validator_for(whole).is_valid(document)
    # what is beyond a schema can be wrong with a manifest it takes
    assert is_valid != bool(found) or (is_valid and "spec" in document)
    assert len({(violation.path, violation.at_key, violation.message) for violation in found}) == len(found)
    for violation in found:
        assert "does not fit its schema" not in violation.message, "jsonschema does not see what jsonschema_rs saw"
        # a key may be called so
        said = re.sub(r'"[^"]*"', "", violation.message)
        for step in violation.path:
            said = said.replace(str(step), "")
        assert not re.search(r"\b(None|True|False)\b|\{'", said), violation
        assert violation.fix.endswith(".")
        assert len(violation.message) < 400


@pytest.mark.parametrize("form", vocabulary.FORMS)
@given(st.data())
@settings(max_examples=150, deadline=None)
def test_both_validators_agree_on_overlays(form: str, data: st.DataObject) -> None:
    document = data.draw(spoilt(filled(form, data.draw(st.integers(0, 3)))))
    agree(document, schema.check(document, form), schema.runtime_schema(form))


MANIFESTS: list[dict[str, Any]] = [
    {
        "apiVersion": "pgv2.percona.com/v2",
        "kind": "PerconaPGCluster",
        "metadata": {"name": "payments", "labels": {"app": "db"}},
        "spec": {
            "postgresVersion": 18,
            "instances": [
                {
                    "name": "instance1",
                    "replicas": 3,
                    "dataVolumeClaimSpec": {"resources": {"requests": {"storage": "100Gi"}}},
                    "resources": {"limits": {"cpu": 2, "memory": "8Gi"}},
                    "tolerations": [{"key": "dedicated", "operator": "Exists"}],
                    "minAvailable": 1,
                }
            ],
            "proxy": {"pgBouncer": {"replicas": 2, "expose": {"type": "ClusterIP"}}},
            "backups": {"pgbackrest": {"repos": [{"name": "repo1", "gcs": {"bucket": "acme-pg"}}]}},
            "users": [{"name": "app", "databases": ["payments"]}],
        },
    },
    {
        "apiVersion": "networking.k8s.io/v1",
        "kind": "NetworkPolicy",
        "metadata": {"name": "deny"},
        "spec": {"podSelector": {}, "ingress": [{"ports": [{"port": 5432, "protocol": "TCP"}, {"port": "metrics"}]}]},
    },
]


@pytest.mark.parametrize("manifest", MANIFESTS, ids=lambda manifest: str(manifest["kind"]))
@given(st.data())
@settings(max_examples=60, deadline=None)
def test_both_validators_agree_on_manifests(manifest: dict[str, Any], data: st.DataObject) -> None:
    assert schema.check_manifest(manifest, OPERATOR, None) == []
    spec = data.draw(spoilt(manifest["spec"]))
    document = {**manifest, "spec": spec}
    folder = schema.schema_root() / "kinds"
    name = (
        "percona/3.0.0/perconapgcluster_v2"
        if "pgv2" in manifest["apiVersion"]
        else "native/networkpolicy-networking-v1"
    )
    agree(document, schema.check_manifest(document, OPERATOR, None), json.loads((folder / f"{name}.json").read_bytes()))


# ---- kinds ----


def test_kinds_of_the_user(tmp_path: Path) -> None:
    widget = {"apiVersion": "acme.example/v1", "kind": "Widget", "metadata": {"name": "a"}, "size": 1}
    folder = tmp_path / "schemas" / "kinds" / "custom" / "acme.example"
    folder.mkdir(parents=True)
    own = {
        "type": "object",
        "properties": {"size": {"type": "integer"}, "apiVersion": {}, "kind": {}, "metadata": {}},
        "additionalProperties": False,
        "x-pggitops-scope": "Cluster",
    }
    (folder / "widget_v1.json").write_text(json.dumps(own))
    assert schema.check_manifest(widget, OPERATOR, tmp_path) == []
    assert schema.scope(widget, OPERATOR, tmp_path) == "Cluster"
    found = schema.check_manifest({**widget, "size": "big"}, OPERATOR, tmp_path)
    assert [(each.policy, each.path) for each in found] == [("manifest-wrong-type", ("size",))]
    assert [each.policy for each in schema.check_manifest(widget, OPERATOR, None)] == ["manifest-no-schema"]


@pytest.mark.parametrize("text", ["{", "[]", '{"type": "nonsense"}', '{"$ref": "https://acme.example/schema"}'])
def test_a_broken_schema_of_the_user_stops_the_tool(tmp_path: Path, text: str) -> None:
    file = tmp_path / "schemas" / "kinds" / "custom" / "acme.example" / "widget_v1.json"
    file.parent.mkdir(parents=True)
    file.write_text(text)
    with pytest.raises(CannotGoOn, match=r"widget_v1\.json"):
        schema.check_manifest({"apiVersion": "acme.example/v1", "kind": "Widget"}, OPERATOR, tmp_path)


@pytest.mark.parametrize(
    ("api_version", "kind", "scope"),
    [
        ("v1", "Namespace", "Cluster"),
        ("apps/v1", "Deployment", "Namespaced"),
        ("rbac.authorization.k8s.io/v1", "ClusterRole", "Cluster"),
        ("pgv2.percona.com/v2", "PerconaPGCluster", "Namespaced"),
        ("acme.example/v1", "Widget", None),
    ],
)
def test_scope(api_version: str, kind: str, scope: str | None) -> None:
    assert schema.scope({"apiVersion": api_version, "kind": kind}, OPERATOR, None) == scope


def test_the_operator_version_decides_about_the_schema() -> None:
    document = {**MANIFESTS[0], "spec": {**MANIFESTS[0]["spec"], "authentication": {"rules": []}}}
    assert schema.check_manifest(document, "3.0.0", None) == []
    assert [each.path for each in schema.check_manifest(document, "2.8.2", None)] == [("spec", "authentication")]


@pytest.mark.parametrize("operator", ["2.8.2", "2.9.0", "3.0.0"])
def test_lists_with_keys(operator: str) -> None:
    keys = schema.list_keys(operator)
    assert keys["spec", "instances"] == ("name",)
    assert keys["spec", "users"] == ("name",)
    assert keys["spec", "backups", "pgbackrest", "repos"] == ("name",)
    assert keys["spec", "instances", "resources", "claims"] == ("name",)
    assert ("spec", "instances", "tolerations") not in keys
    assert schema.list_keys("9.9.9") == {}
