"""A cluster's patch: RFC 7396, with the lists that the CRD keys written as maps by key."""

from __future__ import annotations

from typing import Any

import pytest
import yaml

from pggitops import schema
from pggitops.patch import FORBIDDEN, apply, forbidden, in_manifest, leaves

KEYS = schema.list_keys("3.0.0")

CASES = yaml.safe_load("""
one item of a keyed list:
  document: {spec: {instances: [{name: a, replicas: 1}, {name: b, replicas: 2}]}}
  patch: {spec: {instances: {b: {replicas: 3}}}}
  result: {spec: {instances: [{name: a, replicas: 1}, {name: b, replicas: 3}]}}
null removes an item:
  document: {spec: {users: [{name: a}, {name: b}]}}
  patch: {spec: {users: {a: null}}}
  result: {spec: {users: [{name: b}]}}
new items follow, sorted:
  document: {spec: {users: [{name: m}]}}
  patch: {spec: {users: {z: {databases: [z]}, b: {}}}}
  result: {spec: {users: [{name: m}, {name: b}, {name: z, databases: [z]}]}}
null for an item that is not there:
  document: {spec: {users: [{name: m}]}}
  patch: {spec: {users: {z: null}}}
  result: {spec: {users: [{name: m}]}}
a keyed list inside an item of a keyed list:
  document: {spec: {instances: [{name: a, tablespaceVolumes: [{name: t, x: 1}]}]}}
  patch: {spec: {instances: {a: {tablespaceVolumes: {t: {x: 2}, u: {x: 3}}}}}}
  result: {spec: {instances: [{name: a, tablespaceVolumes: [{name: t, x: 2}, {name: u, x: 3}]}]}}
a list without a key is replaced:
  document: {spec: {instances: [{name: a, tolerations: [{key: x}]}]}}
  patch: {spec: {instances: {a: {tolerations: [{key: y}]}}}}
  result: {spec: {instances: [{name: a, tolerations: [{key: y}]}]}}
a keyed list given as a list is replaced:
  document: {spec: {users: [{name: a}]}}
  patch: {spec: {users: [{name: b}]}}
  result: {spec: {users: [{name: b}]}}
what is no item of a keyed list stays, for the schema to refuse:
  document: {spec: {instances: [a, {name: b, replicas: 1}]}}
  patch: {spec: {instances: {b: {replicas: 2}}}}
  result: {spec: {instances: [a, {name: b, replicas: 2}]}}
null removes a field:
  document: {spec: {pmm: {enabled: true}, pause: false}}
  patch: {spec: {pmm: null}}
  result: {spec: {pause: false}}
""")


@pytest.mark.parametrize("name", CASES)
def test_apply(name: str) -> None:
    case = CASES[name]
    before = yaml.safe_dump(case["document"])
    assert apply(case["document"], case["patch"], KEYS) == case["result"]
    assert yaml.safe_dump(case["document"]) == before


@pytest.mark.parametrize("path", FORBIDDEN)
def test_what_a_patch_may_not_set(path: tuple[str, ...]) -> None:
    patch: Any = None
    for step in reversed(path):
        patch = {step: patch}
    assert [found for found, _ in forbidden(patch)] == [path]


def test_what_a_patch_may_set() -> None:
    assert not list(forbidden({"spec": {"backups": {"pgbackrest": {"repoHost": {}}}, "patroni": {"port": 8009}}}))


def test_leaves() -> None:
    patch = {"spec": {"pmm": None, "users": {"a": {"databases": ["x"]}}, "metadata": {}}}
    assert list(leaves(patch)) == [
        (("spec", "pmm"), None),
        (("spec", "users", "a", "databases"), ["x"]),
        (("spec", "metadata"), {}),
    ]


@pytest.mark.parametrize(
    ("path", "found"),
    [
        (("spec", "instances", "b", "replicas"), ("spec", "instances", 1, "replicas")),
        (("spec", "instances", "c"), None),
        (("spec", "pause"), ("spec", "pause")),
        (("spec", "nothing"), None),
    ],
)
def test_in_manifest(path: tuple[str, ...], found: Any) -> None:
    document = {"spec": {"instances": [{"name": "a"}, {"name": "b", "replicas": 1}], "pause": True}}
    assert in_manifest(path, document, KEYS) == found
