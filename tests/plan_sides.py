"""Two sides of a plan from a case: objects of `cases/plan/base.yaml`, patched.

A case says `of` which object it is about (`cluster` unless it does), what both sides have (`before`) and what the new
one has (`after`), by dotted paths, null removing and items of named lists by their name; or that the whole object `is`
added, removed or renamed. `with` names other objects that are added, removed, renamed or on both sides. `raw` is one
change as it is, for what only a comparison in the kind's own terms finds.
"""

from __future__ import annotations

import copy
import re
from collections.abc import Iterable, Mapping
from functools import cache
from pathlib import Path
from typing import Any

from pggitops import yamlio
from pggitops.plan import changes as comparison
from pggitops.plan.effects.context import Context, of
from pggitops.plan.model import Change, ChangeKind, ObjectKey, Side, SideObject

CASES = Path(__file__).parent / "cases" / "plan"

_NAMED = (
    ("spec", "instances"),
    ("spec", "users"),
    ("spec", "backups", "pgbackrest", "repos"),
    ("spec", "extensions", "custom"),
    ("spec", "template", "spec", "containers"),
)
_STEP = re.compile(r"\[([^\]]*)\]|([^.\[]+)")


@cache
def read(name: str) -> Any:
    document, problems = yamlio.load((CASES / name).read_bytes())
    assert not problems, problems
    return document


def patched(document: Any, patch: Any) -> Any:
    """The document with a merge patch on it, in which named lists are maps."""
    return _listed(_merged(_mapped(copy.deepcopy(document)), patch))


def changed(document: Any, values: Mapping[str, Any]) -> Any:
    """The document with values at dotted paths, where a step with dots stands in brackets."""
    for path, value in values.items():
        patch = value
        for quoted, plain in reversed(_STEP.findall(path)):
            patch = {quoted or plain: patch}
        document = patched(document, patch)
    return document


def _mapped(value: Any, path: tuple[str, ...] = ()) -> Any:
    if isinstance(value, dict):
        return {key: _mapped(item, (*path, key)) for key, item in value.items()}
    if isinstance(value, list) and path in _NAMED:
        return {item["name"]: {key: each for key, each in item.items() if key != "name"} for item in value}
    return value


def _listed(value: Any, path: tuple[str, ...] = ()) -> Any:
    if isinstance(value, dict) and path in _NAMED:
        return [{"name": name, **item} for name, item in value.items()]
    if isinstance(value, dict):
        return {key: _listed(item, (*path, key)) for key, item in value.items()}
    return value


def _merged(document: Any, patch: Any) -> Any:
    if not isinstance(patch, dict):
        return patch
    result = dict(document) if isinstance(document, dict) else {}
    for key, value in patch.items():
        if value is None:
            result.pop(key, None)
        else:
            result[key] = _merged(result.get(key), value)
    return result


def side(documents: Iterable[dict[str, Any]], cluster: str = "payments") -> Side:
    """The documents as one side, those of one cluster."""
    found = {}
    for document in documents:
        group = document["apiVersion"].rpartition("/")[0]
        metadata = document["metadata"]
        key = ObjectKey("gke", group, document["kind"], metadata.get("namespace", ""), metadata["name"])
        file = f"{document['kind'].lower()}-{metadata['name']}.yaml"
        own = metadata["name"] if document["kind"] == "PerconaPGCluster" else cluster
        found[key] = SideObject(key, document, file, "prod", own)
    return found


def sides(case: Mapping[str, Any]) -> tuple[list[Change], Context]:
    """The changes of a case and what surrounds them."""
    about = case.get("of", "cluster")
    old, new = {"cluster": read("base.yaml")["cluster"]}, {"cluster": read("base.yaml")["cluster"]}
    before, after = case.get("before", {}), case.get("after", {})
    to_cluster = about != "cluster" and any(path.startswith("spec.proxy") for path in before)
    if to_cluster:
        old["cluster"] = new["cluster"] = changed(old["cluster"], before)
    base = read("base.yaml")[about] if to_cluster else changed(read("base.yaml")[about], before)
    _put(old, new, about, base, case.get("is", "both"), after)
    for name, how in case.get("with", {}).items():
        after = how if isinstance(how, dict) else {}
        _put(old, new, name, read("base.yaml")[name], "both" if after else how, after)
    cluster = case.get("cluster", "payments")
    one, other = side(old.values(), cluster), side(new.values(), cluster)
    changes = [_raw(one, about, case["raw"])] if "raw" in case else between(one, other)
    return changes, _context(changes, one, other, case)


def _put(
    old: dict[str, Any], new: dict[str, Any], name: str, document: Any, how: str, after: Mapping[str, Any]
) -> None:
    old[name], new[name] = document, changed(document, after)
    if how == "renamed":
        new[name] = changed(new[name], {"metadata.name": "another"})
    if how == "added":
        del old[name]
    if how == "removed":
        del new[name]


def _raw(one: Side, about: str, raw: Mapping[str, Any]) -> Change:
    kind = read("base.yaml")[about]["kind"]
    key = next(each for each in one if each.kind == kind)
    return Change(ChangeKind.CHANGED, key, tuple(raw["path"]), raw["old"], raw["new"])


def _context(changes: list[Change], one: Side, other: Side, case: Mapping[str, Any]) -> Context:
    made = of(changes, one, other, case.get("expandable"))
    is_cut = (lambda: bool(case["cut"])) if "cut" in case else None
    if case.get("cluster") == "":
        return Context(None, None, one, other, {}, tuple(changes))
    clusters = [
        next((each.document for each in side.values() if each.key.kind == "PerconaPGCluster"), None)
        for side in (one, other)
    ]
    return Context(*clusters, one, other, made.expandable, tuple(changes), is_cut)


def between(old: Side, new: Side) -> list[Change]:
    """The changes between two sides."""
    return comparison.between(old, new)
