"""What is checked beyond JSON Schema: the kinds' rules, case by case, and the laws of the ways that are fast."""

from __future__ import annotations

import copy
import functools
import ipaddress
import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import jsonschema_rs
import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from pggitops import schema, yamlio
from pggitops.compose.merge import merge
from pggitops.errors import CannotGoOn
from pggitops.findings import dotted
from pggitops.kinds import whole
from pggitops.schema import alike, beyond, rules, syntax
from pggitops.schema.defaults import with_defaults
from pggitops.units import quantity
from test_policies import judged as judged_fleet
from test_schema import spoilt

ROOT = Path(__file__).parent.parent
CASES = ROOT / "tests" / "cases" / "schema" / "rules"
KINDS = sorted((ROOT / "schemas" / "kinds").glob("**/*.json"))

LEAST: dict[str, Any] = yaml.safe_load("""
PerconaPGCluster:
  apiVersion: pgv2.percona.com/v2
  kind: PerconaPGCluster
  metadata: {name: payments}
  spec:
    postgresVersion: 16
    instances: [{name: main, dataVolumeClaimSpec: {resources: {requests: {storage: 1Gi}}}}]
    backups: {pgbackrest: {image: pgbackrest, repos: [{name: repo1, volume: {volumeClaimSpec: {}}}]}}
PerconaPGBackup:
  apiVersion: pgv2.percona.com/v2
  kind: PerconaPGBackup
  metadata: {name: a}
  spec: {pgCluster: payments, repoName: repo1}
PerconaPGRestore:
  apiVersion: pgv2.percona.com/v2
  kind: PerconaPGRestore
  metadata: {name: a}
  spec: {pgCluster: payments, repoName: repo1}
Kustomization:
  apiVersion: kustomize.toolkit.fluxcd.io/v1
  kind: Kustomization
  metadata: {name: a}
  spec: {interval: 1m, prune: true, sourceRef: {kind: GitRepository, name: a}}
GitRepository:
  apiVersion: source.toolkit.fluxcd.io/v1
  kind: GitRepository
  metadata: {name: a}
  spec: {interval: 1m, url: "https://git.acme.example/fleet"}
""")


@functools.cache
def read(file: Path) -> dict[str, Any]:
    result: dict[str, Any] = json.loads(file.read_bytes())
    return result


def written(part: Any, path: str = "") -> Iterator[tuple[str, str]]:
    """Each rule of a kind with its place."""
    for rule in part.get("x-kubernetes-validations", ()):
        yield path, rule["rule"]
    for name, below in part.get("properties", {}).items():
        yield from written(below, f"{path}.{name}" if path else name)
    for word, step in (("items", "[]"), ("additionalProperties", ".*")):
        if isinstance(part.get(word), dict):
            yield from written(part[word], path + step)


SHIPPED = [(file, place, rule) for file in KINDS for place, rule in written(whole(read(file)))]
WRITTEN = [case for file in sorted(CASES.glob("*.yaml")) for case in yamlio.load(file.read_bytes())[0]]


@pytest.mark.parametrize(("file", "place", "rule"), SHIPPED, ids=lambda value: getattr(value, "stem", str(value)))
def test_a_rule_is_broken_and_nearly_broken(file: Path, place: str, rule: str) -> None:
    kind = read(file)["properties"]["kind"]["const"]
    operator = file.parent.name if "percona" in file.parts else "3.0.0"
    cases = [
        case for case in WRITTEN if (case["kind"], case["rule"]) == (kind, rule) and case.get("place", place) == place
    ]
    assert cases, f"{kind} has a rule at {place} without a case in {CASES}: {rule}"
    for case in cases:
        old = merge(LEAST[kind], case["before"]) if "before" in case else None
        least = old or LEAST[kind]
        assert schema.check_manifest(least, operator, None, old) == []
        found = schema.check_manifest(merge(least, case["breaks"]), operator, None, old)
        assert [(each.policy, dotted(each.path)) for each in found] == [("manifest-rule-broken", case["path"])]
        assert case["says"] in found[0].message
        assert found[0].fix
        assert schema.check_manifest(merge(least, case["keeps"]), operator, None, old) == []


def test_every_case_is_of_a_rule() -> None:
    known = {(read(file)["properties"]["kind"]["const"], rule) for file, _, rule in SHIPPED}
    assert {(case["kind"], case["rule"]) for case in WRITTEN} == known


@pytest.mark.parametrize("rule", sorted({rule for _, _, rule in SHIPPED if "oldSelf" not in rule}))
@given(st.data())
@settings(max_examples=100, deadline=None)
def test_what_plainly_holds_holds(rule: str, data: st.DataObject) -> None:
    names = [name for name in re.findall(r"\w+", rule) if name not in ("self", "has")]
    leaf = st.sampled_from(["", "a", "azure", "logical", 3, 14, 15, 16, True, False, [], ["a"], {}, {"repos": []}])
    value = data.draw(st.dictionaries(st.sampled_from(names), leaf | st.just({"repos": [1]}), max_size=4))
    node = rules.tree({"x-kubernetes-validations": [{"rule": rule}]})
    assert node is not None
    if node.rules[0].plain(value):
        assert rules.evaluate(rule, value) is True


# ---- rules nobody ships ----


def judged(written: dict[str, Any], spec: Any, old: Any = None, **more: Any) -> list[tuple[str, str]]:
    """What is found in `spec`, which has a rule; `more` goes into the schema of it."""
    kind = {"properties": {"spec": {"type": "object", "x-kubernetes-validations": [written], **more}}}
    tree = rules.tree(kind)
    assert tree is not None
    before = None if old is None else {"spec": old}
    return [(dotted(each.path), each.message) for each in rules.violations(tree, kind, {"spec": spec}, before)]


def test_what_a_rule_says_of_itself() -> None:
    rule = {"rule": "self.low <= self.high", "message": "low is above high", "fieldPath": ".low"}
    assert judged(rule, {"low": 2, "high": 1}) == [("spec.low", "spec: low is above high")]
    rule["messageExpression"] = "'low is ' + string(self.low)"
    assert judged(rule, {"low": 2, "high": 1}) == [("spec.low", "spec: low is 2")]
    rule["messageExpression"] = "self.nothing"
    assert judged(rule, {"low": 2, "high": 1}) == [("spec.low", "spec: low is above high")]
    assert judged({"rule": "self.low > 1"}, {"low": 1}) == [("spec", "spec breaks the rule `self.low > 1`")]
    assert judged({"rule": "self.low > 1"}, {}) == [("spec", "spec breaks the rule `self.low > 1`")]


def test_a_rule_sees_the_defaults() -> None:
    size = {"size": {"type": "integer", "default": 3}}
    assert judged({"rule": "self.size == 3"}, {}, properties=size) == []
    assert judged({"rule": "!has(self.size)"}, {}, properties=size) == [("spec.size", "size may not stand in spec")]
    assert judged({"rule": "self.size == 3"}, {"size": None}, properties=size) == []


def test_a_default_brings_its_rules() -> None:
    inner = {"type": "object", "default": {}, "x-kubernetes-validations": [{"rule": "has(self.name)"}]}
    kind = {"properties": {"inner": inner}}
    tree = rules.tree(kind)
    assert tree is not None
    assert [each.path for each in rules.violations(tree, kind, {})] == [("inner",)]


def test_what_was() -> None:
    assert judged({"rule": "self == oldSelf"}, {"a": 1}) == []
    assert judged({"rule": "self == oldSelf"}, {"a": 1}, {"a": 1}) == []
    assert len(judged({"rule": "self == oldSelf"}, {"a": 1}, {"a": 2})) == 1
    optional = {"rule": "oldSelf.hasValue() || self.a == 1", "optionalOldSelf": True}
    assert judged(optional, {"a": 2}, {"a": 2}) == []
    assert len(judged(optional, {"a": 2})) == 1


def test_items_meet_their_old_form_by_key() -> None:
    fixed = [{"rule": "self.size >= oldSelf.size", "message": "never shrinks"}]
    item = {"type": "object", "x-kubernetes-validations": fixed}
    listed = {"type": "array", "items": item, "x-kubernetes-list-type": "map", "x-kubernetes-list-map-keys": ["name"]}
    kind = {"properties": {"disks": listed}}
    tree = rules.tree(kind)
    assert tree is not None
    old = {"disks": [{"name": "a", "size": 3}, {"name": "b", "size": 1}]}
    new = {"disks": [{"name": "b", "size": 1}, {"name": "c", "size": 1}, {"name": "a", "size": 2}]}
    assert [each.path for each in rules.violations(tree, kind, new, old)] == [("disks", 2)]


@pytest.mark.parametrize("rule", ["quantity(self.a).isGreaterThan(quantity('1'))", "self.__dash__ == 1"])
def test_what_only_a_server_knows_is_said(rule: str) -> None:
    assert "nobody has judged spec by the rule" in judged({"rule": rule}, {"a": "2"})[0][1]


# ---- in an environment ----

PATCHES: dict[str, tuple[dict[str, Any], str, str]] = {
    "a rule": (
        {"config": {"parameters": {"port": 5433}}},
        "port may not stand in parameters",
        "clusters.shop.patch.spec.config.parameters.port",
    ),
    "a label": (
        {"metadata": {"labels": {"team": "a team"}}},
        'team is "a team"',
        "clusters.shop.patch.spec.metadata.labels.team",
    ),
    "a range": (
        {"expose": {"loadBalancerSourceRanges": ["10.0.0.0/40"]}},
        'is "10.0.0.0/40"',
        "clusters.shop.patch.spec.expose.loadBalancerSourceRanges[0]",
    ),
}


@pytest.mark.parametrize("name", PATCHES)
def test_a_violation_is_placed_in_the_overlay(name: str, tmp_path: Path) -> None:
    patch, says, path = PATCHES[name]
    findings = judged_fleet(tmp_path, {"overlay": {"clusters": {"shop": {"patch": {"spec": patch}}}}})
    assert [(finding.path, finding.stops) for finding in findings] == [(path, True)]
    assert says in findings[0].message
    assert findings[0].place.file == "environments/env/environment.yaml"
    line = (tmp_path / findings[0].place.file).read_text().splitlines()[findings[0].place.line - 1]
    assert findings[0].path.rpartition(".")[2].partition("[")[0] in line or "10.0.0.0/40" in line


# ---- the fast ways agree with the plain ones ----

MANIFESTS: list[dict[str, Any]] = yamlio.load((CASES.parent / "good" / "manifests.yaml").read_bytes())[0]
TEXTS = ["", "a", "A", "a.b", "a/b", "a/b/c", "-a", "a" * 64, "8080", "http", "10.0.0.0/8", "10.0.0.1/8", "::/0", "é"]


def kind_of(manifest: dict[str, Any]) -> dict[str, Any]:
    group, _, version = manifest["apiVersion"].rpartition("/")
    return read(ROOT / "schemas" / "kinds" / schema.schema_file(group, manifest["kind"], version, "3.0.0"))


@pytest.mark.parametrize("manifest", MANIFESTS, ids=lambda manifest: str(manifest["kind"]))
@given(st.data())
@settings(max_examples=60, deadline=None)
def test_what_the_quick_schema_takes_is_good(manifest: dict[str, Any], data: st.DataObject) -> None:
    kind = kind_of(manifest)
    places = beyond.tree(kind)
    is_quick = jsonschema_rs.validator_for(beyond.quick(places, kind)).is_valid
    document = data.draw(spoilt(data.draw(reworded(manifest))))
    if is_quick(document):
        assert jsonschema_rs.validator_for(kind).is_valid(document)
        assert list(beyond.violations(places, document)) == list(beyond.violations(beyond.rest(places), document))


@st.composite
def reworded(draw: st.DrawFn, document: Any) -> Any:
    """A document with some of its texts and keys replaced by others that are nearly as good."""
    if isinstance(document, dict):
        return {draw(st.sampled_from([key] * 60 + TEXTS)): draw(reworded(each)) for key, each in document.items()}
    if isinstance(document, list):
        return [draw(reworded(each)) for each in document]
    return draw(st.sampled_from([document] * 40 + TEXTS)) if isinstance(document, str) else document


@pytest.mark.parametrize("manifest", MANIFESTS, ids=lambda manifest: str(manifest["kind"]))
def test_good_manifests_take_the_quick_way(manifest: dict[str, Any]) -> None:
    kind = kind_of(manifest)
    assert schema.check_manifest(manifest, "3.0.0", None) == []
    if manifest["kind"] not in ("CronJob", "PodDisruptionBudget", "Service"):
        assert jsonschema_rs.validator_for(beyond.quick(beyond.tree(kind), kind)).is_valid(manifest)


NATIVE = [file for file in KINDS if file.parent.name == "native"]


@pytest.mark.parametrize("file", NATIVE, ids=lambda file: str(file.stem))
def test_metadata_of_a_native_kind_is_judged_alone(file: Path) -> None:
    kind = read(file)
    assert kind["properties"]["metadata"] == read(NATIVE[0])["properties"]["metadata"]
    says_of_the_whole = {"properties", "required", "additionalProperties", "type"}
    assert {word for word in kind if not word.startswith(("x-", "$"))} - {"definitions"} == says_of_the_whole
    assert rules.tree(kind) is None
    assert beyond.tree(kind).checks == []


@pytest.mark.parametrize("manifest", MANIFESTS, ids=lambda manifest: str(manifest["kind"]))
@given(st.data())
@settings(max_examples=60, deadline=None)
def test_what_was_good_is_good_again(manifest: dict[str, Any], data: st.DataObject) -> None:
    spoiling = spoilt(data.draw(reworded(manifest)))
    others = [manifest, data.draw(spoiling), {**manifest, "metadata": data.draw(spoiling).get("metadata")}]
    for document in (*others, dict(reversed(others[2].items()))):
        try:
            text = yamlio.dump(document).encode()
        except (TypeError, CannotGoOn):
            continue
        found = schema.check_manifest(document, "3.0.0", None, text=text)
        assert str(found) == str(schema.check_manifest(document, "3.0.0", None))


def test_what_is_alike() -> None:
    role = next(manifest for manifest in MANIFESTS if manifest["kind"] == "Role")
    bodies = alike.bodies(kind_of(role))

    def is_good(document: dict[str, Any]) -> bool:
        body = alike.body(document, yamlio.dump(document).encode())
        return body is not None and alike.is_good(bodies, body, document["metadata"])

    assert not is_good(role)
    alike.remember(bodies, alike.body(role, yamlio.dump(role).encode()) or b"")
    assert is_good(role)
    assert is_good({**role, "metadata": {"name": "other", "labels": {"a": "b"}}})
    assert not is_good({**role, "metadata": {"name": "other", "labels": {"a": "-"}}})
    assert not is_good({**role, "metadata": {"name": "a/b"}})
    assert not is_good({**role, "rules": [*role["rules"], *role["rules"]]})
    assert not is_good({**role, "rules": [{**rule, "verbs": ["put", "list"]} for rule in role["rules"]]})
    assert not is_good({**role, "more": 1})
    assert not is_good({"apiVersion": role["apiVersion"], "kind": "Role", "rules": role["rules"], "metadata": {}})


@pytest.mark.parametrize("manifest", MANIFESTS, ids=lambda manifest: str(manifest["kind"]))
@given(st.data())
@settings(max_examples=30, deadline=None)
def test_defaults_are_filled_in_once(manifest: dict[str, Any], data: st.DataObject) -> None:
    kind = kind_of(manifest)
    document = data.draw(spoilt(manifest))
    before = copy.deepcopy(document)
    filled = with_defaults(document, kind, kind.get("definitions", {}))
    assert document == before
    assert with_defaults(filled, kind, kind.get("definitions", {})) == filled
    if jsonschema_rs.validator_for(kind).is_valid(document):
        assert jsonschema_rs.validator_for(kind).is_valid(filled)


SYNTAXES = {name: each for name, each in vars(syntax).items() if isinstance(each, syntax.Syntax)}


@pytest.mark.parametrize("name", SYNTAXES)
@given(st.data())
@settings(max_examples=200, deadline=None)
def test_a_quick_syntax_takes_nothing_else(name: str, data: st.DataObject) -> None:
    wanted = SYNTAXES[name]
    pattern = wanted.quick.get("pattern")
    texts = st.text(st.sampled_from("aZ09-_./:%e+K i\n"), max_size=80) | st.sampled_from([*TEXTS, "a" * 300])
    value = data.draw(texts | st.from_regex(pattern, fullmatch=True) if pattern else texts | st.integers())
    if jsonschema_rs.validator_for(wanted.quick).is_valid(value):
        assert wanted.fits(value) or not isinstance(value, str) or name == "PORT"


@given(st.from_regex(r"[+-]?[0-9]{0,3}\.?[0-9]{0,3}([KMGTPE]i?|[numk]|[eE][+-]?[0-9.]{1,2})?", fullmatch=True))
@settings(max_examples=500)
def test_quantities(text: str) -> None:
    number = re.fullmatch(r"[+-]?([0-9]+\.?[0-9]*|\.[0-9]+)(.*)", text)
    suffixes = ["", *"numkMGTPE", *(f"{each}i" for each in "KMGTPE")]
    is_one = bool(number) and (number[2] in suffixes or re.fullmatch(r"[eE][+-]?[0-9]+", number[2]) is not None)
    assert syntax.QUANTITY.fits(text) == is_one
    try:
        quantity(text)
    except ValueError:
        return
    assert is_one


@given(st.integers(0, 2**32 - 1), st.integers(0, 32))
def test_ranges_of_ipv4(number: int, length: int) -> None:
    address = str(ipaddress.IPv4Address(number))
    network = ipaddress.ip_network(f"{address}/{length}", strict=False)
    assert syntax.canonical_cidr(f"{address}/{length}") == str(network)
    is_quick = jsonschema_rs.validator_for(syntax.CIDR.quick).is_valid
    assert is_quick(str(network)) or length % 8 > 4
    assert not is_quick(f"{address}/{length}") or f"{address}/{length}" == str(network)


@given(st.integers(0, 2**128 - 1), st.integers(0, 128))
def test_ranges_of_ipv6(number: int, length: int) -> None:
    address = str(ipaddress.IPv6Address(number))
    network = ipaddress.IPv6Network(f"{address}/{length}", strict=False)
    assert syntax.canonical_cidr(f"{address}/{length}") == str(network)
    assert not syntax.within(str(network), str(network))
    if length:
        assert syntax.within(str(network), str(network.supernet()))


@pytest.mark.parametrize(
    "text", ["", "10.0.0.0", "10.0.0.0/33", "256.0.0.0/8", "10.0.0/8", "::/129", "a/8", "10.0.0.0/-1", "10.0.0.0/8 "]
)
def test_no_ranges(text: str) -> None:
    assert syntax.canonical_cidr(text) is None
