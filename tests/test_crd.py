"""The converter, rule by rule, and every schema of a kind that ships: read by three engines, right about objects."""

from __future__ import annotations

import copy
import functools
import itertools
import json
import os
import re
import shutil
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Protocol

import jsonschema
import jsonschema_rs
import pytest
import yaml

from pggitops import generate
from pggitops.crd import DIALECT, UNCHECKED_PATTERN, convert, convert_crd
from pggitops.kinds import schema_file, shared, whole
from pggitops.schema import check_manifest

ROOT = Path(__file__).parent.parent
KINDS = ROOT / "schemas" / "kinds"
OPERATOR_FACTS = ROOT / "src" / "pggitops" / "data" / "operator"
SHIPPED = sorted(path.relative_to(KINDS).as_posix() for path in KINDS.rglob("*.json"))
OPERATORS = sorted(path.name for path in (KINDS / "percona").iterdir())


class Engine(Protocol):
    def is_valid(self, document: Any, /) -> bool: ...


TEXT = {"type": "string"}
COUNT = {"type": "integer"}
OPEN = {"x-kubernetes-preserve-unknown-fields": True}
EITHER = {"x-kubernetes-int-or-string": True}


def obj(properties: dict[str, Any], **more: Any) -> dict[str, Any]:
    return {"type": "object", "properties": properties, **more}


def engines(schema: dict[str, Any]) -> tuple[Engine, ...]:
    return jsonschema_rs.validator_for(schema), jsonschema.Draft7Validator(schema)


def agreed(judges: tuple[Engine, ...], document: Any) -> bool:
    """The verdict, on which both engines have to agree."""
    (verdict,) = {judge.is_valid(document) for judge in judges}
    return verdict


def accepts(schema: dict[str, Any], document: Any) -> bool:
    return agreed(engines(schema), document)


def converted(spec: dict[str, Any], **root: Any) -> dict[str, Any]:
    return convert(obj({"spec": spec, **root}))


def judged(spec: dict[str, Any], value: Any) -> bool:
    document = {"apiVersion": "v1", "kind": "Probe", "metadata": {"name": "probe"}, "spec": value}
    return accepts(converted(spec), document)


# Per rule: a structural schema, values it takes, values it refuses
RULES: dict[str, tuple[dict[str, Any], list[Any], list[Any]]] = {
    "unknown key": (obj({"a": TEXT}), [{}, {"a": "x"}], [{"b": "x"}, {"a": 1}]),
    "unknown key, deep": (
        obj(
            {"a": {"type": "array", "items": obj({"b": {"type": "object", "additionalProperties": obj({"c": TEXT})}})}}
        ),
        [{"a": [{"b": {"any": {"c": "x"}}}]}],
        [{"a": [{"x": 1}]}, {"a": [{"b": {"any": {"x": 1}}}]}],
    ),
    "map with keys of its own": ({"type": "object", "additionalProperties": TEXT}, [{"any": "x"}], [{"any": 1}]),
    "map of anything": ({"type": "object", "additionalProperties": True}, [{"any": 1}], ["x"]),
    "object that declares nothing": ({"type": "object"}, [{}], [{"a": 1}]),
    "unknown fields kept": (obj({"a": COUNT}, **OPEN), [{"b": {"c": 1}}, {"a": 1}], [{"a": "x"}]),
    "kept, but not beneath what is declared": (obj({"a": obj({"b": TEXT})}, **OPEN), [{"x": 1}], [{"a": {"x": 1}}]),
    "kept by a list, for its items": (
        {"type": "array", "items": obj({"a": obj({})}), **OPEN},
        [[{"x": 1}], [{"a": {}}]],
        [[{"a": {"x": 1}}]],
    ),
    "anything at all": (obj({"a": OPEN}), [{"a": 1}, {"a": {"x": []}}, {"a": None}], [{"b": 1}]),
    "required": (obj({"a": TEXT}, required=["a"]), [{"a": "x"}], [{}]),
    "required with a default": (
        obj({"a": {**TEXT, "default": "x"}, "b": TEXT}, required=["a", "b"]),
        [{"b": "x"}],
        [{}],
    ),
    "a default elsewhere frees nobody": (
        obj({"a": obj({"b": {**TEXT, "default": "x"}})}, required=["a"]),
        [{"a": {}}],
        [{}],
    ),
    "default seen by a branch": (
        obj({"a": {**TEXT, "default": "x"}, "b": TEXT}, allOf=[{"required": ["a"]}]),
        [{}],
        [{"a": 1}],
    ),
    "default seen by a branch, deep": (
        obj({"a": obj({"b": {**TEXT, "default": "x"}})}, allOf=[{"properties": {"a": {"required": ["b"]}}}]),
        [{"a": {}}],
        [{"a": {"b": 1}}],
    ),
    "branches do not close": (
        obj({"a": TEXT, "b": TEXT}, anyOf=[{"properties": {"a": {"minLength": 2}}, "required": ["a"]}]),
        [{"a": "xx", "b": "x"}],
        [{"a": "x"}, {"b": "x"}],
    ),
    "one of": (
        obj({"a": TEXT, "b": TEXT}, oneOf=[{"required": ["a"]}, {"required": ["b"]}]),
        [{"a": "x"}],
        [{"a": "x", "b": "x"}],
    ),
    "not": ({**TEXT, "not": {"enum": ["x"]}}, ["y"], ["x"]),
    "nullable": (obj({"a": {**TEXT, "nullable": True}}), [{"a": None}, {"a": "x"}], [{"a": 1}]),
    "not nullable": (obj({"a": TEXT}), [{}], [{"a": None}]),
    "nullable object": (obj({"a": TEXT}, nullable=True), [None, {}], [{"b": 1}]),
    "int or string": (EITHER, [1, "1", "x"], [1.5, True, None, {}]),
    "int or string, spelled out": ({**EITHER, "anyOf": [COUNT, TEXT], "nullable": True}, [1, "1", None], [1.5]),
    "int or string, spelled out within": (
        {**EITHER, "allOf": [{"anyOf": [COUNT, TEXT]}, {"pattern": "^a"}], "nullable": True},
        [1, "a", None],
        ["b"],
    ),
    "int or string with a pattern": ({**EITHER, "pattern": "^[0-9]+Gi$"}, [1, "1Gi"], ["1G"]),
    "bounds": ({**COUNT, "minimum": 1, "maximum": 3}, [1, 3], [0, 4]),
    "bounds excluded": (
        {**COUNT, "minimum": 1, "exclusiveMinimum": True, "maximum": 3, "exclusiveMaximum": True},
        [2],
        [1, 3],
    ),
    "bounds not excluded": ({**COUNT, "minimum": 1, "exclusiveMinimum": False}, [1], [0]),
    "integers of 64 bits": (COUNT, [2**63 - 1, -(2**63)], [2**63, -(2**63) - 1]),
    "integers of 32 bits": ({**COUNT, "format": "int32"}, [2**31 - 1, -(2**31)], [2**31, -(2**31) - 1]),
    "integers of 32 bits with bounds": ({**COUNT, "format": "int32", "minimum": 1}, [1, 2**31 - 1], [0, 2**31]),
    "int or string of 64 bits": (EITHER, [2**63 - 1, "9" * 30], [2**63]),
    "base64": ({**TEXT, "format": "byte"}, ["YQ==", "YWFh"], ["", "YQ", "not base64!", "YQ==YQ=="]),
    "formats that refuse nothing": ({"type": "number", "format": "double"}, [1.5, 2**70], ["x"]),
    "embedded object": (
        {"type": "object", "x-kubernetes-embedded-resource": True, **OPEN},
        [
            {"apiVersion": "v1", "kind": "Pod", "spec": {}},
            {"apiVersion": "v1", "kind": "Pod", "metadata": {"labels": {"a": "b"}}},
        ],
        [{"kind": "Pod"}, {"apiVersion": "v1"}, {"apiVersion": "v1", "kind": "Pod", "metadata": {"label": {}}}],
    ),
    "embedded object, closed": (
        obj({"spec": obj({})}, **{"x-kubernetes-embedded-resource": True}),
        [{"apiVersion": "v1", "kind": "Pod", "spec": {}}],
        [{"apiVersion": "v1", "kind": "Pod", "sepc": {}}],
    ),
    "keys named like keywords": (
        obj({"description": TEXT, "required": TEXT, "default": TEXT, "$schema": TEXT}),
        [{"description": "x", "required": "x", "default": "x", "$schema": "x"}],
        [{"description": 1}, {"title": "x"}],
    ),
}


@pytest.mark.parametrize("rule", RULES)
def test_rule(rule: str) -> None:
    schema, good, bad = RULES[rule]
    assert [value for value in good if not judged(schema, value)] == []
    assert [value for value in bad if judged(schema, value)] == []


METADATA: list[tuple[bool, Any]] = [
    (True, {"name": "a"}),
    (True, {"name": "a", "namespace": "b", "labels": {"c": "d"}, "annotations": {"e": "f"}, "finalizers": ["g/h"]}),
    (True, {"name": "a", "creationTimestamp": None}),
    (True, {"name": "a", "generateName": "a.b-"}),
    (False, None),
    (False, {}),
    (False, {"generateName": "a-"}),
    (False, {"name": ""}),
    (False, {"name": 1}),
    (False, {"name": "a", "lables": {}}),
    (False, {"name": "a", "uid": "u"}),
    (False, {"name": "a", "managedFields": []}),
    (False, {"name": "a", "resourceVersion": "x"}),
    (False, {"name": "a", "labels": {"c": True}}),
    (False, {"name": "a", "annotations": {"c": None}}),
    (False, {"name": "a", "finalizers": "g/h"}),
    (False, {"name": "a", "generateName": "-a"}),
    (False, {"name": "a", "ownerReferences": [{"apiVersion": "v1", "kind": "Pod", "name": "p", "uid": "u"}]}),
]


@pytest.mark.parametrize(("good", "metadata"), METADATA)
def test_metadata(good: bool, metadata: Any) -> None:
    document = {"apiVersion": "v1", "kind": "Probe", "metadata": metadata}
    assert accepts(converted({"type": "object"}, metadata={"type": "object"}), document) is good


def test_metadata_narrowed_by_the_kind() -> None:
    own = obj({"name": {**TEXT, "maxLength": 3, "pattern": "^[a-z]+$"}, "generateName": {**TEXT, "maxLength": 2}})
    schema = converted({"type": "object"}, metadata=own)
    for good, metadata in (
        (True, {"name": "abc", "selfLink": "more than three"}),
        (False, {"name": "abcd"}),
        (False, {"name": "a1"}),
        (False, {"name": ""}),
        (False, {"name": "a", "generateName": "abc"}),
    ):
        assert accepts(schema, {"apiVersion": "v1", "kind": "Probe", "metadata": metadata}) is good, metadata


def test_root() -> None:
    schema = converted({"type": "object"}, status=obj({"ready": COUNT}))
    whole = {"apiVersion": "v1", "kind": "Probe", "metadata": {"name": "a"}, "status": {"ready": 1}}
    assert schema["$schema"] == DIALECT
    assert accepts(schema, whole)
    assert not accepts(schema, {**whole, "status": {"raedy": 1}})
    assert not accepts(schema, {**whole, "stauts": {}})
    assert not accepts(schema, None)
    for key in ("apiVersion", "kind", "metadata"):
        assert not accepts(schema, {name: value for name, value in whole.items() if name != key})
    assert accepts(convert({**OPEN, "type": "object"}), {**whole, "stauts": {}})


def test_annotations_stay_and_prose_goes() -> None:
    rule = {"rule": "self.a == oldSelf.a", "message": "a is immutable", "description": "part of the rule"}
    items = obj({"name": TEXT}, description="prose", required=["name"])
    spec = {
        "type": "array",
        "items": items,
        "description": "prose",
        "example": [],
        "x-kubernetes-list-type": "map",
        "x-kubernetes-list-map-keys": ["name"],
        "x-kubernetes-validations": [rule],
        "default": [{"description": "not prose"}],
    }
    result = converted(spec)["properties"]["spec"]
    assert result.pop("items") == obj({"name": TEXT}, required=["name"], additionalProperties=False)
    kept = ("type", "default", "x-kubernetes-list-type", "x-kubernetes-list-map-keys", "x-kubernetes-validations")
    assert result == {key: spec[key] for key in kept}


def test_the_argument_is_left_as_it_is() -> None:
    for schema, _, _ in RULES.values():
        root = obj({"spec": schema, "metadata": obj({"name": TEXT})})
        before = copy.deepcopy(root)
        result = convert(root)
        _scribble(result)
        assert root == before


def _scribble(node: Any) -> None:
    for child in node.values() if isinstance(node, dict) else node if isinstance(node, list) else ():
        _scribble(child)
    if isinstance(node, dict | list):
        node.clear()


@pytest.mark.parametrize(
    ("spec", "words"),
    [
        ({"$ref": "#/definitions/x"}, "spec: a structural schema has no [$]ref"),
        (obj({"a": {"type": "array", "items": "text"}}), r"spec.a\[\]: 'text' is no schema"),
        ({"type": "object", "properties": []}, "spec.properties is no map"),
        ({"type": "object", "required": "a"}, "spec.required is no list"),
        ({"type": "string", "pattern": 1}, "spec.pattern is no text"),
        ({"type": "string", "anyOf": {}}, "spec.anyOf is no list"),
    ],
)
def test_no_structural_schema(spec: dict[str, Any], words: str) -> None:
    with pytest.raises(ValueError, match=words):
        converted(spec)


SAMPLES = [
    "",
    "a b",
    "a\tb",
    "a\u00a0b",
    *re.findall(r"\S+", "a A1 9 ٣ é _ - ] [ repo1 1Gi -.5e3 oci://x @daily 1h30m x:y"),
]


def walk(node: Any) -> Iterator[dict[str, Any]]:
    """Every schema within a schema, itself first."""
    yield node
    for word in ("properties", "items", "additionalProperties", "allOf", "anyOf", "oneOf", "not"):
        value = node.get(word)
        if word == "properties" and value:
            children = list(value.values())
        else:
            children = value if isinstance(value, list) else [value]
        for child in children:
            if isinstance(child, dict):
                yield from walk(child)


def test_what_ships_is_what_is_made() -> None:
    """Byte for byte: of the native ones, `make test` finds out."""
    made = {path for path, _ in (*generate.GENERATED, *generate.NATIVE) if path.startswith("schemas/kinds/")}
    assert made == {f"schemas/kinds/{name}" for name in SHIPPED}


def test_a_schema_of_ones_own(tmp_path: Path) -> None:
    (tmp_path / "environments").mkdir()
    file = tmp_path / "crd.yaml"
    file.write_text(json.dumps(manifest()))
    probe = {"apiVersion": "example.com/v2", "kind": "Probe", "metadata": {"name": "a"}, "spec": {"size": 1}}
    assert [each.policy for each in check_manifest(probe, "3.0.0", tmp_path)] == ["manifest-no-schema"]
    command = [sys.executable, "-m", "pggitops", "schema", "--root", str(tmp_path), "add", str(file)]
    subprocess.run(command, check=True, capture_output=True, timeout=60)
    fresh = tmp_path / "again"
    shutil.copytree(tmp_path / "schemas", fresh / "schemas")
    assert check_manifest(probe, "3.0.0", fresh) == []
    assert check_manifest({**probe, "spec": {"siez": 1}}, "3.0.0", fresh) != []


def shipped(name: str) -> dict[str, Any]:
    return whole(json.loads((KINDS / name).read_bytes()))


@functools.cache
def shipped_engines(name: str) -> tuple[Engine, ...]:
    return engines(json.loads((KINDS / name).read_bytes()))


@pytest.mark.parametrize("name", SHIPPED)
def test_what_repeats_is_said_once(name: str) -> None:
    document = json.loads((KINDS / name).read_bytes())
    assert shared(whole(document)) == document


def test_patterns_say_the_same_to_python_rust_and_go(tmp_path: Path) -> None:
    ours = {node["pattern"] for name in SHIPPED for node in walk(shipped(name)) if "pattern" in node}
    assert len(ours) > 10
    foreign = [
        r"^\d+$",
        r"^[\d.]+$",
        r"\w",
        r"^\W$",
        r"[^\s]$",
        r"^[[:alpha:]_]+\z",
        r"\A[^[:space:]]*$",
        "[]x]",
        "[a[]",
        "[[x]",
        r"\D",
    ]
    schemas = [{"$schema": DIALECT, "pattern": pattern} for pattern in sorted(ours)]
    schemas += [{"$schema": DIALECT, **converted({"pattern": each})["properties"]["spec"]} for each in foreign]
    assert all("pattern" in schema for schema in schemas)
    for index, schema in enumerate(schemas):
        _write(
            tmp_path / f"probe{index}.json",
            {"$schema": DIALECT, "properties": {"text": {"pattern": schema["pattern"]}}},
        )
    expected = {}
    for (index, schema), (number, text) in itertools.product(enumerate(schemas), enumerate(SAMPLES)):
        name = f"{index}-{number}.yaml"
        _write(tmp_path / "objects" / name, {"apiVersion": "v1", "kind": f"Probe{index}", "text": text})
        expected[name] = "statusValid" if accepts(schema, text) else "statusInvalid"
    statuses, _ = kubeconform(tmp_path / "objects", str(tmp_path / "{{.ResourceKind}}.json"))
    assert statuses == expected


def test_words_of_patterns_are_ascii_as_they_are_to_the_api_server() -> None:
    assert not judged({**TEXT, "pattern": r"^\d$"}, "٣")
    assert not judged({**TEXT, "pattern": r"^\w$"}, "é")
    assert judged({**TEXT, "pattern": r"^\S+$"}, "a\u00a0b")


@pytest.mark.parametrize("pattern", [r"\p{Greek}", r"\Qa.b\E", r"[a&&b]", "("])
def test_pattern_only_go_reads(pattern: str) -> None:
    schema = converted({**TEXT, "pattern": pattern})["properties"]["spec"]
    assert schema == {**TEXT, UNCHECKED_PATTERN: pattern}


def manifest(**spec: Any) -> dict[str, Any]:
    version = {"served": True, "schema": {"openAPIV3Schema": obj({"spec": obj({"size": COUNT})})}}
    return {
        "apiVersion": "apiextensions.k8s.io/v1",
        "kind": "CustomResourceDefinition",
        "metadata": {"name": "probes.example.com"},
        "spec": {
            "group": "example.com",
            "scope": "Cluster",
            "names": {"kind": "Probe", "plural": "probes"},
            "versions": [
                {"name": "v1", **version},
                {"name": "v1beta1", **version, "served": False},
                {"name": "v2", **version},
            ],
            **spec,
        },
    }


def test_convert_crd() -> None:
    kinds = convert_crd(manifest())
    assert [(kind.group, kind.version, kind.kind, kind.plural, kind.scope) for kind in kinds] == [
        ("example.com", version, "Probe", "probes", "Cluster") for version in ("v1", "v2")
    ]
    for kind in kinds:
        assert kind.schema["x-pggitops-scope"] == "Cluster"
        identity = {"group": "example.com", "version": kind.version, "kind": "Probe"}
        assert kind.schema["x-kubernetes-group-version-kind"] == [identity]
        whole = {"apiVersion": kind.api_version, "kind": "Probe", "metadata": {"name": "a"}, "spec": {"size": 1}}
        assert accepts(kind.schema, whole)
        assert not accepts(kind.schema, {**whole, "apiVersion": "example.com/v3"})
        assert not accepts(kind.schema, {**whole, "kind": "Prob"})


@pytest.mark.parametrize(
    ("document", "words"),
    [
        ([], "not a manifest"),
        ({"kind": "List"}, "not a CustomResourceDefinition: the kind is List"),
        ({"a": 1}, "not a CustomResourceDefinition: it has no kind"),
        ({**manifest(), "apiVersion": None}, "it has no apiVersion: only CustomResourceDefinitions"),
        (
            {**manifest(), "apiVersion": "apiextensions.k8s.io/v1beta1"},
            "only CustomResourceDefinitions of apiextensions",
        ),
        ({**manifest(), "spec": None}, "spec is missing"),
        (manifest(group="../../etc"), "spec.group is '../../etc'"),
        (manifest(names={"kind": "Pro/be", "plural": "probes"}), "spec.names.kind is 'Pro/be'"),
        (manifest(names={"kind": "Probe"}), "spec.names.plural is None"),
        (manifest(scope="namespaced"), "spec.scope is 'namespaced'"),
        (manifest(versions={}), "spec.versions is missing or no list"),
        (manifest(versions=["v1"]), r"spec.versions\[0\] is no map"),
        (manifest(versions=[]), "no served version"),
        (manifest(versions=[{"name": "v1", "served": True}]), r"spec.versions\[0\].schema is missing"),
        (manifest(versions=[{"name": "v1", "served": True, "schema": {}}]), "schema.openAPIV3Schema is missing"),
        (manifest(versions=[{"name": "/v1", "served": True, "schema": {"openAPIV3Schema": {}}}]), "name is '/v1'"),
    ],
)
def test_no_crd(document: Any, words: str) -> None:
    with pytest.raises(ValueError, match=words):
        convert_crd(document)


@pytest.mark.parametrize(
    ("group", "kind", "version", "operator", "file"),
    [
        ("", "Namespace", "v1", None, "native/namespace-v1.json"),
        ("apps", "Deployment", "v1", "3.0.0", "native/deployment-apps-v1.json"),
        ("rbac.authorization.k8s.io", "Role", "v1", None, "native/role-rbac-v1.json"),
        ("external-secrets.io", "ExternalSecret", "v1", "3.0.0", "custom/external-secrets.io/externalsecret_v1.json"),
        (
            "snapshot.storage.k8s.io",
            "VolumeSnapshot",
            "v1",
            None,
            "custom/snapshot.storage.k8s.io/volumesnapshot_v1.json",
        ),
        ("pgv2.percona.com", "PerconaPGCluster", "v2", "3.0.0", "percona/3.0.0/perconapgcluster_v2.json"),
        ("pgv2.percona.com", "PerconaPGCluster", "v2", None, "custom/pgv2.percona.com/perconapgcluster_v2.json"),
    ],
)
def test_schema_file(group: str, kind: str, version: str, operator: str | None, file: str) -> None:
    assert schema_file(group, kind, version, operator) == file


NATIVE = """
{apiVersion: v1, kind: Namespace, metadata: {name: a, labels: {b: c}}}
---
{apiVersion: v1, kind: ServiceAccount, metadata: {name: a}, automountServiceAccountToken: false}
---
{apiVersion: v1, kind: ConfigMap, metadata: {name: a, creationTimestamp: null}, data: {b: c}}
---
{apiVersion: v1, kind: Secret, metadata: {name: a}, type: Opaque, stringData: {b: c}}
---
{apiVersion: v1, kind: Service, metadata: {name: a}, spec: {ports: [{port: 80, targetPort: 8080}, {port: 81,
 targetPort: web}]},
 status: {loadBalancer: {}}}
---
{apiVersion: v1, kind: PersistentVolumeClaim, metadata: {name: a},
 spec: {accessModes: [ReadWriteOnce], resources: {requests: {storage: 1Gi}}}}
---
{apiVersion: v1, kind: ResourceQuota, metadata: {name: a}, spec: {hard: {requests.cpu: 4, limits.cpu: 1.5,
 pods: '10'}}}
---
{apiVersion: v1, kind: LimitRange, metadata: {name: a}, spec: {limits: [{type: Container,
 default: {memory: 512Mi, cpu: 1}}]}}
---
{apiVersion: apps/v1, kind: Deployment, metadata: {name: a}, spec: {replicas: 1, selector: {matchLabels: {b: c}},
 strategy: {rollingUpdate: {maxSurge: 25%, maxUnavailable: 0}}, template: {metadata: {labels: {b: c}},
 spec: {containers: [{name: d, image: e, livenessProbe: {httpGet: {path: /, port: web}},
 resources: {limits: {cpu: 500m}}}]}}}}
---
{apiVersion: apps/v1, kind: StatefulSet, metadata: {name: a}, spec: {serviceName: a,
 selector: {matchLabels: {b: c}},
 template: {metadata: {labels: {b: c}}, spec: {containers: [{name: d, image: e}]}},
 volumeClaimTemplates: [{metadata: {name: f}, spec: {resources: {requests: {storage: 1Gi}}}}]}}
---
{apiVersion: batch/v1, kind: CronJob, metadata: {name: a}, spec: {schedule: 0 3 * * *,
 jobTemplate: {spec: {template:
 {spec: {restartPolicy: Never, containers: [{name: d, image: e}]}}}}}}
---
{apiVersion: batch/v1, kind: Job, metadata: {name: a}, spec: {template: {spec: {containers: [{name: d,
 image: e}]}}}}
---
{apiVersion: rbac.authorization.k8s.io/v1, kind: Role, metadata: {name: a}, rules: [{apiGroups: [''],
 resources: [pods], verbs: [get]}]}
---
{apiVersion: rbac.authorization.k8s.io/v1, kind: RoleBinding, metadata: {name: a},
 roleRef: {apiGroup: rbac.authorization.k8s.io, kind: Role, name: a}, subjects: [{kind: ServiceAccount, name: a}]}
---
{apiVersion: rbac.authorization.k8s.io/v1, kind: ClusterRole, metadata: {name: a}, rules: null}
---
{apiVersion: rbac.authorization.k8s.io/v1, kind: ClusterRoleBinding, metadata: {name: a},
 roleRef: {apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: a}}
---
{apiVersion: networking.k8s.io/v1, kind: NetworkPolicy, metadata: {name: a}, spec: {podSelector: {},
 policyTypes: [Ingress],
 ingress: [{ports: [{port: 5432, protocol: TCP}, {port: web}], from: [{ipBlock: {cidr: 10.0.0.0/8}},
 {namespaceSelector: {}}]}, {}]}}
---
{apiVersion: networking.k8s.io/v1, kind: Ingress, metadata: {name: a}, spec: {rules: [{host: b.c,
 http: {paths: [{path: /,
 pathType: Prefix, backend: {service: {name: a, port: {number: 80}}}}]}}]}}
---
{apiVersion: policy/v1, kind: PodDisruptionBudget, metadata: {name: a}, spec: {maxUnavailable: 1,
 selector: {matchLabels: {b: c}}}}
---
{apiVersion: scheduling.k8s.io/v1, kind: PriorityClass, metadata: {name: a}, value: 1000}
---
{apiVersion: autoscaling/v2, kind: HorizontalPodAutoscaler, metadata: {name: a}, spec: {maxReplicas: 3,
 scaleTargetRef: {apiVersion: apps/v1, kind: Deployment, name: a},
 metrics: [{type: Resource, resource: {name: cpu, target: {type: Utilization, averageUtilization: 80}}}]}}
---
{apiVersion: storage.k8s.io/v1, kind: StorageClass, metadata: {name: a}, provisioner: b,
 allowVolumeExpansion: true, parameters: {c: d}}
"""

CUSTOM = """
{apiVersion: argoproj.io/v1alpha1, kind: Application, metadata: {name: a,
 finalizers: [resources-finalizer.argocd.argoproj.io]},
 spec: {project: p, source: {repoURL: r, path: x, helm: {valuesObject: {any: {depth: [1]}}}},
 destination: {namespace: n, server: s}, syncPolicy: {automated: {prune: true},
 syncOptions: [ServerSideApply=true], retry: {limit: 3}}}}
---
{apiVersion: argoproj.io/v1alpha1, kind: AppProject, metadata: {name: a}, spec: {sourceRepos: [r],
 destinations: [{namespace: n, server: s}], namespaceResourceWhitelist: [{group: apps, kind: Deployment}]}}
---
{apiVersion: bitnami.com/v1alpha1, kind: SealedSecret, metadata: {name: a, creationTimestamp: null},
 spec: {encryptedData: {b: c}, template: {metadata: {name: a, creationTimestamp: null}, type: Opaque, data: null}}}
---
{apiVersion: external-secrets.io/v1, kind: ExternalSecret, metadata: {name: a}, spec: {refreshInterval: 1h,
 secretStoreRef: {name: s, kind: ClusterSecretStore}, target: {name: t, creationPolicy: Orphan},
 data: [{secretKey: password, remoteRef: {key: k}}]}}
---
{apiVersion: kustomize.toolkit.fluxcd.io/v1, kind: Kustomization, metadata: {name: a}, spec: {interval: 10m,
 prune: false, path: ./x,
 sourceRef: {kind: GitRepository, name: g}, healthCheckExprs: [{apiVersion: v, kind: k,
 current: status.state == 'ready'}]}}
---
{apiVersion: source.toolkit.fluxcd.io/v1, kind: GitRepository, metadata: {name: a}, spec: {interval: 1m,
 url: 'https://b/c', ref: {branch: m}}}
---
{apiVersion: source.toolkit.fluxcd.io/v1, kind: OCIRepository, metadata: {name: a}, spec: {interval: 1m,
 url: 'oci://b/c', verify: {}}}
"""

SOPS = """
apiVersion: v1
kind: Secret
metadata: {name: a}
data: {password: "ENC[AES256_GCM,data:p2s=,iv:x=,tag:y==,type:str]"}
sops:
  kms: []
  azure_kv: [{vault_url: u, name: n, version: v, created_at: "2026-01-01T00:00:00Z", enc: e}]
  gcp_kms: [{resource_id: r, created_at: "2026-01-01T00:00:00Z", enc: e}]
  hc_vault: [{vault_address: a, engine_path: p, key_name: k, created_at: "2026-01-01T00:00:00Z", enc: e}]
  age: [{recipient: age1x, enc: "-----BEGIN AGE ENCRYPTED FILE-----"}]
  pgp: [{created_at: "2026-01-01T00:00:00Z", enc: e, fp: F}]
  lastmodified: "2026-01-01T00:00:00Z"
  mac: ENC[AES256_GCM,data:m,iv:x=,tag:y==,type:str]
  encrypted_regex: ^(data|stringData)$
  version: 3.10.2
"""

CLUSTER = """
apiVersion: pgv2.percona.com/v2
kind: PerconaPGCluster
metadata: {name: a, finalizers: [percona.com/delete-ssl]}
spec:
  crVersion: 3.0.0
  image: i
  postgresVersion: 17
  instances:
    - name: main
      replicas: 3
      resources: {limits: {cpu: 2, memory: 4Gi}}
      dataVolumeClaimSpec: {accessModes: [ReadWriteOnce], resources: {requests: {storage: 1073741824}}}
      affinity: {podAntiAffinity: {requiredDuringSchedulingIgnoredDuringExecution: [{topologyKey: t}]}}
      sidecars: [{name: s, image: i, ports: [{containerPort: 80}]}]
  proxy: {pgBouncer: {image: i, replicas: 3, config: {global: {pool_mode: transaction}}}}
  users: [{name: app, databases: [db], password: {}}]
  patroni: {dynamicConfiguration: {postgresql: {parameters: {max_connections: 100, any: [thing]}}}}
  pmm: {enabled: false, image: i, serverHost: h, secret: s}
  backups:
    pgbackrest:
      image: i
      global: {repo1-retention-full: "4"}
      repos: [{name: repo1, schedules: {full: 0 3 * * 6}, s3: {bucket: b, endpoint: e, region: r}}]
"""

PERCONA = (
    CLUSTER
    + """
---
{apiVersion: pgv2.percona.com/v2, kind: PerconaPGBackup, metadata: {name: a}, spec: {pgCluster: c, repoName: repo1}}
---
{apiVersion: pgv2.percona.com/v2, kind: PerconaPGRestore, metadata: {name: a},
 spec: {pgCluster: c, repoName: repo1, options: [--type=time]}}
---
{apiVersion: pgv2.percona.com/v2, kind: PerconaPGUpgrade, metadata: {name: a}, spec: {postgresClusterName: c, image: i,
 fromPostgresVersion: 16, toPostgresVersion: 17, toPostgresImage: i, toPgBouncerImage: i, toPgBackRestImage: i}}
"""
)

# Per kind: a path and a value that makes its good object bad ("..." takes the key away)
SPOILED: list[tuple[str, str, Any]] = [
    ("PerconaPGCluster", "apiVersion", "pgv2.percona.com/v1"),
    ("PerconaPGCluster", "metadata.name", ...),
    ("PerconaPGCluster", "spec.instnaces", []),
    ("PerconaPGCluster", "spec.instances", ...),
    ("PerconaPGCluster", "spec.instances.0.dataVolumeClaimSpec.resources.requests.storage", "100GB"),
    ("PerconaPGCluster", "spec.instances.0.resources.limits.cpu", True),
    ("PerconaPGCluster", "spec.instances.0.resources.limit", {}),
    ("PerconaPGCluster", "spec.instances.0.sidecars.0.ports.0.port", 80),
    ("PerconaPGCluster", "spec.instances.0.affinity.podAntiAffinity.required", []),
    ("PerconaPGCluster", "spec.users.0.password.kind", "ASCII"),
    ("PerconaPGCluster", "spec.users.0.password.type", "Latin1"),
    ("PerconaPGCluster", "spec.backups.pgbackrest.repos.0.name", "main"),
    ("PerconaPGCluster", "spec.backups.pgbackrest.repos.0.s3.endpoint", ...),
    ("PerconaPGCluster", "spec.backups.pgbackrest.repos.0.schedules.ful", "0 3 * * 6"),
    ("PerconaPGCluster", "spec.pause", "yes"),
    ("PerconaPGCluster", "spec.pause", None),
    ("PerconaPGBackup", "spec.repo", "repo1"),
    ("PerconaPGBackup", "spec.pgCluster", ...),
    ("PerconaPGBackup", "spec.repoName", "main"),
    ("PerconaPGRestore", "spec.option", []),
    ("PerconaPGRestore", "spec.pgCluster", ...),
    ("PerconaPGUpgrade", "spec.toPostgresVersion", "17"),
    ("PerconaPGUpgrade", "spec.toPostgresVersions", 17),
    ("PerconaPGUpgrade", "spec.image", {}),
    ("Namespace", "kind", "NameSpace"),
    ("Namespace", "metadata", ...),
    ("ConfigMap", "data.number", 1),
    ("ConfigMap", "data.nothing", None),
    ("Deployment", "spec.replicas", "3"),
    ("Deployment", "spec.template.spec.containers.0.imag", "e"),
    ("Deployment", "spec.template.spec.containers.0.resources.limits.cpu", "half"),
    ("Deployment", "spec.template.spec.containers.0.livenessProbe.httpGet.port", 8.5),
    ("Deployment", "spec.template.metadata.lables", {}),
    ("Deployment", "spec.selector", ...),
    ("NetworkPolicy", "spec.ingress.0.port", 1),
    ("NetworkPolicy", "spec.ingress.0", None),
    ("RoleBinding", "roleRef", None),
    ("Secret", "sops", {}),
    ("Secret", "sops", "ENC[]"),
    ("StorageClass", "spec", {}),
    ("Application", "spec.syncPolicy.automated.purne", True),
    ("ExternalSecret", "spec.target.creationPolicy", "Never"),
    ("Kustomization", "spec.prune", ...),
    ("SealedSecret", "spec.encryptedData.password", {}),
    ("OCIRepository", "spec.url", "https://b/c"),
]


def documents(text: str) -> list[dict[str, Any]]:
    return list(yaml.safe_load_all(text))


def spoiled(document: dict[str, Any], path: str, value: Any) -> dict[str, Any]:
    result = copy.deepcopy(document)
    *parents, last = (int(step) if step.isdigit() else step for step in path.split("."))
    parent: Any = result
    for step in parents:
        parent = parent[step]
    if value is ...:
        del parent[last]
    else:
        parent[last] = value
    assert result != document
    return result


def judge(document: dict[str, Any], operator: str) -> bool:
    """The verdict of the schema on file for the document's kind, as the tool would ask for it."""
    group, _, version = document["apiVersion"].rpartition("/")
    return agreed(shipped_engines(schema_file(group, document["kind"], version, operator)), document)


@pytest.mark.parametrize("name", SHIPPED)
def test_shipped(name: str) -> None:
    schema = shipped(name)
    jsonschema_rs.meta.validate(schema)
    assert schema["$schema"] == DIALECT
    (identity,) = schema["x-kubernetes-group-version-kind"]
    group, version, kind = identity["group"], identity["version"], identity["kind"]
    operator = name.split("/")[1] if name.startswith("percona/") else None
    assert name == schema_file(group, kind, version, operator)
    assert schema["properties"]["apiVersion"] == {"type": "string", "const": f"{group}/{version}".lstrip("/")}
    assert schema["properties"]["kind"] == {"type": "string", "const": kind}
    assert set(schema["required"]) >= {"apiVersion", "kind", "metadata"}
    assert schema["properties"]["metadata"]["required"] == ["name"]
    assert schema["x-pggitops-scope"] in ("Namespaced", "Cluster")
    for node in walk(schema):
        assert not {"$ref", "$id", "description", "nullable", UNCHECKED_PATTERN} & node.keys()
    assert not agreed(shipped_engines(name), {})


@pytest.mark.parametrize("name", [name for name in SHIPPED if (KINDS / name).stat().st_size < 20_000])
def test_shipped_is_a_schema_to_jsonschema_too(name: str) -> None:
    jsonschema.Draft7Validator.check_schema(shipped(name))


def test_shipped_total_stays_small() -> None:
    assert sum((KINDS / name).stat().st_size for name in SHIPPED) < 1_500_000


def test_scopes() -> None:
    cluster = {name for name in SHIPPED if shipped(name)["x-pggitops-scope"] == "Cluster"}
    kinds = ("namespace-v1", "clusterrole-rbac-v1", "clusterrolebinding-rbac-v1", "priorityclass-scheduling-v1")
    assert cluster == {f"native/{kind}.json" for kind in (*kinds, "storageclass-storage-v1")}


def test_open_places_are_known() -> None:
    """What takes any key: every other object is closed or a map whose values are judged."""
    found = Counter(
        name.rpartition("/")[2].removesuffix(".json") + ":" + key
        for name in SHIPPED
        for node in walk(shipped(name))
        for key, child in node.get("properties", {}).items()
        for each in (child, child.get("items", {}))
        if "object" in each.get("type", ()) and "additionalProperties" not in each
    )
    places = {place for place in found if not place.endswith(":fieldsV1")}
    secret = ("sops", "key_groups", "age", "azure_kv", "gcp_kms", "hc_vault", "hckms", "kms", "pgp")
    assert places == {
        "application_v1alpha1:valuesObject",
        "perconapgcluster_v2:dynamicConfiguration",
        "sealedsecret_v1alpha1:metadata",
        *(f"secret-v1:{key}" for key in secret),
    }


@pytest.mark.parametrize("operator", OPERATORS)
def test_good_objects(operator: str) -> None:
    good = documents(NATIVE) + documents(CUSTOM) + documents(PERCONA) + documents(SOPS)
    assert [document["kind"] for document in good if not judge(document, operator)] == []


def test_a_good_object_for_every_shipped_kind() -> None:
    seen = set()
    for document in documents(NATIVE) + documents(CUSTOM) + documents(PERCONA):
        group, _, version = document["apiVersion"].rpartition("/")
        seen |= {schema_file(group, document["kind"], version, operator) for operator in OPERATORS}
    assert seen == set(SHIPPED)


@pytest.mark.parametrize("operator", OPERATORS)
@pytest.mark.parametrize(("kind", "path", "value"), SPOILED)
def test_spoiled_objects(operator: str, kind: str, path: str, value: Any) -> None:
    (good,) = (each for each in documents(NATIVE) + documents(CUSTOM) + documents(PERCONA) if each["kind"] == kind)
    group, _, version = good["apiVersion"].rpartition("/")
    assert not agreed(shipped_engines(schema_file(group, kind, version, operator)), spoiled(good, path, value))


@pytest.mark.parametrize("operator", OPERATORS)
@pytest.mark.parametrize("quantity", [1, 0, "1", "1.5", "500m", "4Gi", "1e3", "-1"])
def test_quantities(operator: str, quantity: Any) -> None:
    for path in ("resources.limits.cpu", "dataVolumeClaimSpec.resources.requests.storage"):
        (cluster,) = documents(CLUSTER)
        assert judge(spoiled(cluster, f"spec.instances.0.{path}", quantity), operator)


@pytest.mark.parametrize("operator", OPERATORS)
def test_what_the_server_defaults_is_not_demanded(operator: str) -> None:
    """Required and defaulted in the CRD, and so in nobody's manifest: `users[].password.type`, for one."""
    (cluster,) = documents(CLUSTER)
    schema = shipped(schema_file("pgv2.percona.com", "PerconaPGCluster", "v2", operator))
    for path in ("spec.patroni.switchover", "spec.backups.pgbackrest.restore"):
        value = {} if path.endswith("switchover") else {"repoName": "repo1"}
        assert judge(spoiled(cluster, path, value), operator)
    spec = schema["properties"]["spec"]["properties"]
    assert "type" not in spec["users"]["items"]["properties"]["password"].get("required", ())
    assert "querySource" not in spec["pmm"]["required"]
    assert spec["instances"]["x-kubernetes-list-map-keys"] == ["name"]
    assert spec["backups"]["x-kubernetes-validations"]


@pytest.mark.parametrize("operator", OPERATORS)
def test_operator_facts_make_objects(operator: str) -> None:
    facts = json.loads((OPERATOR_FACTS / f"{operator}.json").read_bytes())
    assert facts["version"] == operator
    assert facts["source"] == {
        "tag": f"percona/percona-postgresql-operator v{operator}",
        "files": ["deploy/operator.yaml", "deploy/rbac.yaml", "deploy/cw-rbac.yaml", "e2e-tests/release_versions"],
    }
    rbac = {"apiVersion": "rbac.authorization.k8s.io/v1", "metadata": {"name": "operator"}}
    assert judge({**rbac, "kind": "Role", "rules": facts["rules"]["namespace"]}, operator)
    assert judge({**rbac, "kind": "ClusterRole", "rules": facts["rules"]["cluster"]}, operator)
    template = {
        "metadata": {"labels": facts["labels"]},
        "spec": {"containers": [{**facts["container"], "image": facts["images"]["operator"]}]},
    }
    spec = {"selector": {"matchLabels": facts["labels"]}, "strategy": {"type": facts["strategy"]}, "template": template}
    deployment = {"apiVersion": "apps/v1", "kind": "Deployment", "metadata": {"name": "operator"}, "spec": spec}
    assert judge(deployment, operator)


def _write(path: Path, document: Any) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(document), encoding="utf-8")


def kubeconform(folder: Path, *locations: str) -> tuple[dict[str, str], dict[str, int]]:
    """The status of every file of a folder, and the summary."""
    local = ROOT / ".tools" / "bin" / "kubeconform"
    binary = shutil.which("kubeconform") or (str(local) if local.is_file() else None)
    if binary is None:
        pytest.fail("kubeconform is neither on PATH nor at .tools/bin/kubeconform: `make kubeconform` gets it")
    where = [part for location in locations for part in ("-schema-location", location)]
    command = [binary, "-strict", "-verbose", "-summary", "-output", "json", *where, str(folder)]
    report = json.loads(subprocess.run(command, capture_output=True, text=True, check=False).stdout)
    return {Path(each["filename"]).name: each["status"] for each in report["resources"]}, report["summary"]


def locations(operator: str) -> tuple[str, str, str]:
    """As `schemas/README.md` has them."""
    templates = re.findall(r"-schema-location '(.*)'", (ROOT / "schemas" / "README.md").read_text(encoding="utf-8"))
    assert len(templates) == 3
    native, percona, custom = (str(ROOT / template.replace("3.0.0", operator)) for template in templates)
    return native, percona, custom


def test_the_command_of_the_page_finds_the_example_fleet_good() -> None:
    (command,) = re.findall(r"^kubeconform (?:.*\\\n)+.*$", (ROOT / "schemas" / "README.md").read_text(), re.MULTILINE)
    path = f"{ROOT / '.tools' / 'bin'}{os.pathsep}{os.environ['PATH']}"
    done = subprocess.run(["sh", "-c", command], cwd=ROOT, env={"PATH": path}, capture_output=True, text=True)
    manifests = [each for each in (ROOT / "rendered").rglob("*.yaml") if each.name != "kustomization.yaml"]
    assert done.returncode == 0, done.stdout + done.stderr
    summary = {"valid": len(manifests), "invalid": 0, "errors": 0, "skipped": 0}
    assert json.loads(done.stdout)["summary"] == summary


@pytest.mark.parametrize("operator", OPERATORS)
def test_kubeconform_agrees(operator: str, tmp_path: Path) -> None:
    good = documents(NATIVE) + documents(CUSTOM) + documents(PERCONA) + documents(SOPS)
    for index, document in enumerate(good):
        _write(tmp_path / "good" / f"{index}-{document['kind']}.yaml", document)
    statuses, summary = kubeconform(tmp_path / "good", *locations(operator))
    assert summary == {"valid": len(good), "invalid": 0, "errors": 0, "skipped": 0}, statuses
    assert len(statuses) == len(good)

    # With another apiVersion or kind kubeconform looks for another schema
    bad = [each for each in SPOILED if each[1] not in ("apiVersion", "kind")]
    for index, (kind, path, value) in enumerate(bad):
        (document,) = (each for each in good if each["kind"] == kind and "sops" not in each)
        _write(tmp_path / "bad" / f"{index}-{kind}-{path}.yaml", spoiled(document, path, value))
    statuses, summary = kubeconform(tmp_path / "bad", *locations(operator))
    assert summary == {"valid": 0, "invalid": len(bad), "errors": 0, "skipped": 0}, statuses
