"""What differs between two sides: cases as data (`tests/cases/plan/changes`), and laws that hold for any two sides."""

from __future__ import annotations

import copy
import functools
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import strategies
from pggitops import modelling, render, schema, yamlio
from pggitops.kinds import resolved
from pggitops.plan import applied, changes, forms
from pggitops.plan.model import MISSING, Change, ChangeKind, ObjectKey, SideObject

CASES = Path(__file__).parent / "cases" / "plan" / "changes"
Document = dict[str, Any]
Side = dict[ObjectKey, SideObject]


# ---- cases ----


def cases() -> list[Any]:
    return [
        pytest.param(case, read.get("base"), id=f"{path.stem}: {case['name']}")
        for path in sorted(CASES.glob("*.yaml"))
        for read in [yamlio.load(path.read_bytes())[0]]
        for case in read["cases"]
    ]


def patched(value: Any, patch: Any) -> Any:
    """A JSON Merge Patch applied; `{"null": true}` stands for a null that is written."""
    if patch == {"null": True}:
        return None
    if not isinstance(patch, dict):
        return patch
    result = dict(value) if isinstance(value, dict) else {}
    for key, each in patch.items():
        if each is None:
            result.pop(key, None)
        else:
            result[key] = patched(result.get(key), each)
    return result


def side(written: Any, base: Any) -> Side:
    """A side as a case writes it: one patch of the file's base, or several, each with where the object belongs."""
    if not isinstance(written, list):
        written = [{"object": written}]
    objects = {}
    for each in written:
        document = patched(base, each["object"])
        group = document["apiVersion"].rpartition("/")[0]
        metadata = document["metadata"]
        names = (document["kind"], metadata.get("namespace", ""), metadata["name"])
        key = ObjectKey(each.get("target", "here"), group, *names)
        file = each.get("file", "some.yaml")
        objects[key] = SideObject(key, document, file, each.get("environment", "prod"), each.get("cluster", ""))
    return objects


def said(change: Change) -> str:
    """A change in one line, as the cases write it; whole objects are not repeated."""
    path = "".join(f"[{step}]" if isinstance(step, int) else f".{step}" for step in change.path)
    words = f"{change.kind} {path.lstrip('.')}"
    if not change.path:
        namespace = f"{change.object.namespace}/" if change.object.namespace else ""
        words = f"{change.kind} {change.object.kind} {namespace}{change.object.name}"
    if change.renamed_from:
        return f"{words} from {change.renamed_from}"
    if not change.path:
        return words
    values = [json.dumps(value) for value in (change.old, change.new) if value is not MISSING]
    return f"{words}: {' -> '.join(values)}"


@pytest.mark.parametrize(("case", "base"), cases())
def test_a_case(case: Document, base: Any) -> None:
    old, new = side(case["before"], base), side(case["after"], base)
    found = changes.between(old, new)
    assert sorted(map(said, found)) == sorted(case["changes"])
    assert_laws(old, new)


# ---- laws ----


def assert_laws(old: Side, new: Side) -> None:
    """Nothing is lost, the way back is the mirror, and the order is the documented one."""
    found = changes.between(old, new)
    places = [(change.environment, change.cluster, change.object.kind, change.object.name) for change in found]
    assert places == sorted(places)
    back = changes.between(new, old)
    assert sorted(map(sign, found)) == sorted(map(sign, map(mirrored, back)))
    left = changes.between(with_changes(old, found), new)
    grown = {change.path[:-1] for change in found if change.kind in (ChangeKind.ADDED, ChangeKind.RENAMED)}
    # an added item has no place in its list
    assert [said(change) for change in left if change.path not in grown] == []


def sign(change: Change) -> tuple[str, ...]:
    whole = change.object.kind if not change.path else ""
    return (change.kind.value, str(change.path), whole, repr(change.old), repr(change.new))


def mirrored(change: Change) -> Change:
    kinds = {ChangeKind.ADDED: ChangeKind.REMOVED, ChangeKind.REMOVED: ChangeKind.ADDED}
    path = change.path
    if change.kind is ChangeKind.RENAMED and path:
        path = (*path[:-1], change.renamed_from)
    return Change(kinds.get(change.kind, change.kind), change.object, path, change.new, change.old)


def with_changes(old: Side, found: list[Change]) -> Side:
    """The old side with changes made in it."""
    result = {key: copy.deepcopy(one.document) for key, one in old.items()}
    former = {change.object: change for change in found if not change.path and change.old is not MISSING}
    for change in former.values():
        gone = change.object
        if change.renamed_from:
            gone = next(key for key, one in old.items() if one.document is change.old)
        del result[gone]
    for change in found:
        if not change.path and change.new is not MISSING:
            result[change.object] = copy.deepcopy(change.new)
    for key, document in result.items():
        inner = [change for change in found if change.path and same_object(change.object, key)]
        apply(document, inner)
    return {key: SideObject(key, document, "") for key, document in regrouped(result, found).items()}


def same_object(one: ObjectKey, other: ObjectKey) -> bool:
    return one._replace(group="") == other._replace(group="")


def regrouped(objects: dict[ObjectKey, Document], found: list[Change]) -> dict[ObjectKey, Document]:
    now = {change.object._replace(group=""): change.object for change in found if change.path == ("apiVersion",)}
    return {now.get(key._replace(group=""), key): document for key, document in objects.items()}


def apply(document: Document, found: list[Change]) -> None:
    """Make the changes in one object: first what is in items, then which items there are, then their order."""
    form = forms.of(document)
    emptied = [
        each for each in found if each.kind is ChangeKind.ADDED and each.new == {} and isinstance(each.path[-1], str)
    ]
    for change in sorted(
        (change for change in found if change not in emptied),
        key=lambda change: (is_of_list(document, form, change), -len(change.path)),
    ):
        make(document, form, change)
    clean(document)
    for change in emptied:
        make(document, form, change)


def is_of_list(document: Document, form: forms.Form, change: Change) -> int:
    """0: within an item; 1: an item; 2: the order."""
    holder, holder_form = walked(document, form, change.path[:-1])
    last = change.path[-1]
    if isinstance(holder, list) and change.kind is not ChangeKind.CHANGED:
        return 1
    value = holder.get(last) if isinstance(holder, dict) else None
    how = holder_form.at(str(last)).lists if isinstance(holder, dict) else None
    return 2 if isinstance(value, list) and how and (how.keys or how.is_set) else 0


def walked(document: Any, form: forms.Form, path: tuple[Any, ...]) -> tuple[Any, forms.Form]:
    for step in path:
        if isinstance(document, list):
            item = form.item()
            document, form = document[index_of(document, form, step)], item
        else:
            document, form = (document or {}).get(step), form.at(str(step))
    return document, form


def index_of(items: list[Any], form: forms.Form, step: Any) -> int:
    """Where an item is that a step names."""
    if isinstance(step, int):
        return step
    return next(at for at, item in enumerate(items) if item is not GONE and name_of(item, form) == step)


GONE = object()


def name_of(item: Any, form: forms.Form) -> str:
    if not isinstance(item, dict):
        return str(item)
    values = [form.item().at(key).settled(item.get(key, MISSING)) for key in form.lists.keys]
    return ",".join("" if value is MISSING else str(value) for value in values)


def make(document: Document, form: forms.Form, change: Change) -> None:
    holder: Any = document
    for step in change.path[:-1]:
        if isinstance(holder, list):
            holder, form = holder[index_of(holder, form, step)], form.item()
            continue
        below = form.at(str(step))
        if holder.get(step) is None:
            holder[step] = [] if is_list(below, change) and step == change.path[-2] else {}
        holder, form = holder[step], below
    last = change.path[-1]
    if isinstance(holder, list):
        make_item(holder, form, change)
    elif change.kind is ChangeKind.REMOVED:
        if change.old != {} or not holder.get(last):
            holder[last] = None
    elif isinstance(change.new, list) and isinstance(holder.get(last), list) and form.at(str(last)).lists.keys:
        below = form.at(str(last))
        if all(isinstance(name, str) for name in change.new):
            order = {name: at for at, name in enumerate(change.new)}
            holder[last] = [item for item in holder[last] if item is not GONE]
            holder[last].sort(key=lambda item: order[name_of(item, below)])
        else:
            holder[last] = copy.deepcopy(change.new)
    else:
        holder[last] = copy.deepcopy(change.new)


def is_list(form: forms.Form, change: Change) -> bool:
    """Whether a list is missing here: a list's schema, or known keys, say so."""
    return form.schema.get("type") in ("array", ["array", "null"])


def make_item(holder: list[Any], form: forms.Form, change: Change) -> None:
    last = change.path[-1]
    if change.kind is ChangeKind.ADDED:
        holder.append(copy.deepcopy(change.new))
    elif change.kind is ChangeKind.REMOVED:
        holder[index_of(holder, form, last)] = GONE
    elif change.kind is ChangeKind.RENAMED:
        holder[index_of(holder, form, change.renamed_from)] = copy.deepcopy(change.new)
    else:
        holder[index_of(holder, form, last)] = copy.deepcopy(change.new)


def clean(value: Any) -> None:
    """Take out what was removed, and the maps that are empty by that."""
    for key, each in list(value.items()) if isinstance(value, dict) else []:
        was = each not in ({}, [])
        clean(each)
        if each is None or (was and each in ({}, [])):
            del value[key]
    if isinstance(value, list):
        value[:] = [each for each in value if each is not GONE]
        for each in value:
            clean(each)


# ---- any environment ----

FEW = settings(max_examples=10, deadline=None, suppress_health_check=list(HealthCheck))
MANY = settings(max_examples=300, deadline=None, suppress_health_check=list(HealthCheck))


def rendered(document: Document) -> Side:
    environment = modelling.build("any", document)
    keys = schema.list_keys(environment.operator.version)
    objects = {}
    for manifest in render.render(environment, keys):
        metadata = manifest.document["metadata"]
        group = manifest.document["apiVersion"].rpartition("/")[0]
        key = ObjectKey("here", group, manifest.document["kind"], metadata.get("namespace", ""), metadata["name"])
        objects[key] = SideObject(key, manifest.document, manifest.path, "any", manifest.cluster)
    return objects


@functools.cache
def beginning(name: str) -> Side:
    return rendered(strategies.beginnings()[name])


def with_documents(side: Side, change: Any) -> Side:
    return {
        key: SideObject(key, change(one.document), one.file, one.environment, one.cluster) for key, one in side.items()
    }


@FEW
@given(document=strategies.environments())
def test_what_is_the_same_is_no_change(document: Document) -> None:
    side = rendered(document)
    for other in (copy.deepcopy, with_keys_turned, with_defaults_spelt_out, with_other_units, with_nulls):
        assert [said(change) for change in changes.between(side, with_documents(side, other))] == [], other.__name__


@FEW
@given(one=strategies.environments(), other=strategies.environments())
def test_nothing_is_lost_between_environments(one: Document, other: Document) -> None:
    assert_laws(rendered(one), rendered(other))


@MANY
@given(name=st.sampled_from(sorted(strategies.beginnings())), data=st.data())
def test_nothing_is_lost_of_an_edit(name: str, data: st.DataObject) -> None:
    old = beginning(name)
    key = data.draw(st.sampled_from(sorted(old)))
    edited = copy.deepcopy(old[key].document)
    for _ in range(data.draw(st.integers(1, 4))):
        edit(edited, data)
    new = old | {key: SideObject(key, edited, old[key].file, "any", old[key].cluster)}
    assert_laws(old, new)


def edit(document: Document, data: st.DataObject) -> None:
    """Change something somewhere in an object but its identity."""
    fixed = (("apiVersion",), ("kind",), ("metadata",), ("metadata", "name"), ("metadata", "namespace"))
    paths = [path for path, _ in strategies.places(document) if path not in fixed]
    if not paths:
        return
    path = data.draw(st.sampled_from(paths))
    holder = strategies.value_at(document, path[:-1])
    value = holder[path[-1]]
    ways = ["other", "gone"]
    if isinstance(value, list) and value:
        ways += ["turned", "twice", "shorter"]
    way = data.draw(st.sampled_from(ways))
    if way == "gone":
        del holder[path[-1]]
    elif way == "turned":
        value.reverse()
    elif way == "twice":
        item = copy.deepcopy(value[0])
        if isinstance(item, dict) and "name" in item:
            item["name"] += "x"
        value.insert(data.draw(st.integers(0, len(value))), item)
    elif way == "shorter":
        del value[data.draw(st.integers(0, len(value) - 1))]
    elif isinstance(value, dict | list):
        holder[path[-1]] = data.draw(st.sampled_from([{}, []])) if isinstance(value, list) else {}
    else:
        holder[path[-1]] = data.draw(st.sampled_from(others(value)))


def others(value: Any) -> list[Any]:
    if isinstance(value, bool):
        return [not value]
    return [value + 1, value * 2] if isinstance(value, int) else [f"{value}x", f"1{value}"]


def with_keys_turned(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: with_keys_turned(value[key]) for key in reversed(value)}
    return [with_keys_turned(each) for each in value] if isinstance(value, list) else value


def with_nulls(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: with_nulls(each) for key, each in value.items()} | {"notThere": None}
    return [with_nulls(each) for each in value] if isinstance(value, list) else value


def with_defaults_spelt_out(document: Document) -> Document:
    """The object with the defaults of its schema written where nothing stands, in maps that are there."""
    version = document.get("spec", {}).get("crVersion", "3.0.0")
    structure = schema.structure(document["apiVersion"], document["kind"], version)
    result: Document = spelt_out(document, structure, structure.get("definitions", {}))
    return result


def spelt_out(value: Any, part: Any, definitions: Mapping[str, Any]) -> Any:
    part = resolved(part, definitions) if isinstance(part, dict) else {}
    if isinstance(value, list):
        return [spelt_out(each, part.get("items"), definitions) for each in value]
    if not isinstance(value, dict):
        return value
    known = part.get("properties", {})
    result = {key: spelt_out(each, known.get(key), definitions) for key, each in value.items()}
    for key, each in known.items():
        default = resolved(each, definitions).get("default", MISSING)
        if key not in value and default is not MISSING:
            result[key] = default
    return result


SIZES = {"Gi": (1024, "Mi"), "Mi": (1024, "Ki"), "GB": (1024, "MB")}


def with_other_units(value: Any, key: str = "") -> Any:
    """The object with quantities and sizes in the next smaller unit."""
    if isinstance(value, dict):
        return {name: with_other_units(each, name) for name, each in value.items()}
    if isinstance(value, list):
        return [with_other_units(each, key) for each in value]
    factor, unit = SIZES.get(str(value)[-2:], (0, ""))
    is_size = key in ("memory", "storage") or key.endswith(("_buffers", "_cache_size", "work_mem", "_wal_size"))
    return f"{int(value[:-2]) * factor}{unit}" if factor and is_size and value[:-2].isdecimal() else value


# ---- what a cluster says it has ----

LIVE = """
metadata:
  name: payments
  namespace: databases-eu
  uid: 1f7e9d
  resourceVersion: "42"
  generation: 3
  creationTimestamp: "2026-11-01T00:00:00Z"
  managedFields: [{manager: argocd-controller}]
  finalizers: [internal.percona.com/stop-watchers]
  annotations:
    kubectl.kubernetes.io/last-applied-configuration: "{}"
    pgv2.percona.com/patroni-version: 4.1.3
    argocd.argoproj.io/tracking-id: a
spec:
  backups:
    pgbackrest:
      manual: {repoName: repo1, options: [--type=full]}
      restore: {enabled: false, repoName: repo1}
  extensions: {builtin: {pg_audit: true}, storage: {}}
  secrets: {}
  patroni: {port: 8008, createReplicaMethods: []}
status: {state: ready}
"""


def test_what_servers_and_operators_write_is_not_applied() -> None:
    old = beginning("prod-eu")
    key = next(key for key in old if key[2:] == ("PerconaPGCluster", "databases-eu", "payments"))
    git = old[key].document
    live = patched(git, yamlio.load(LIVE.encode())[0])
    before = copy.deepcopy(live)
    seen = applied.applied_view(live)
    assert live == before
    one = {key: old[key]}
    assert [said(change) for change in changes.between(one, with_documents(one, lambda _: seen))] == []
    by_hand = patched(live, {"spec": {"pause": True}, "metadata": {"finalizers": ["percona.com/delete-pvc"]}})
    found = changes.between(one, with_documents(one, lambda _: applied.applied_view(by_hand)))
    assert [said(change) for change in found] == [
        'added metadata.finalizers.percona.com/delete-pvc: "percona.com/delete-pvc"',
        "changed spec.pause: false -> true",
    ]
