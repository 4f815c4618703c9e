"""A document or a manifest against its JSON Schema: violations.

The verdict comes in microseconds; only where it is bad, `explain` says why. What a schema cannot say of
a manifest is for `beyond` and `rules`; what it cannot say of the overlay (a reference to something that is not there,
two words that do not go together), for `references` and the policies.
"""

from __future__ import annotations

import functools
import itertools
import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from pggitops.errors import CannotGoOn
from pggitops.findings import Violation
from pggitops.kinds import schema_file, whole
from pggitops.record import record
from pggitops.schema import alike, beyond, rules
from pggitops.schema.verdict import FEW, Verdict, compiled, takes, verdict_of, walked

Keys = dict[tuple[str, ...], tuple[str, ...]]

_KIND = re.compile(r"[A-Za-z][-A-Za-z0-9]*")
_VERSION = re.compile(r"(?:([a-z0-9][-a-z0-9.]*)/)?(v[a-z0-9]+)")


@functools.cache
def schema_root() -> Path:
    """The folder of schemas: in the package where that is installed, at the repository's top in a source checkout.

    Raises CannotGoOn where there is neither.
    """
    package = Path(__file__).resolve().parents[1]
    for folder in (package / "schemas", package.parents[1] / "schemas"):
        if (folder / "vocabulary.yaml").is_file():
            return folder
    raise CannotGoOn("the schemas are missing", "Install pggitops again.")


def check(document: Any, name: str) -> list[Violation]:
    """What is wrong with a document of the overlay in one of the forms of `vocabulary.FORMS`; empty if nothing.

    Paths are the document's own; a cluster's file has no `clusters.<name>` before them. An unknown key and one that is
    badly written are pointed at by `at_key`; a missing key has the path it would have. A folder that is gone
    (`kind: Removed`) is judged as such also under the name `environment`.
    """
    if name == "environment" and isinstance(document, dict) and document.get("kind") == "Removed":
        name = "removed"
    if _verdict(name)(document):
        return []
    from pggitops.schema import explain

    return explain.words(document, name, runtime_schema(name))


def check_policy(document: Any) -> list[Violation]:
    """What is wrong with a policy of a repository's own; empty if nothing."""
    if _policy_verdict()(document):
        return []
    from pggitops.schema import explain

    return explain.policy(document, _read(_policy_file()))


@functools.cache
def _policy_verdict() -> Verdict:
    return compiled(_read(_policy_file()))


def _policy_file() -> Path:
    return schema_root() / "policy.schema.json"


def check_manifest(
    document: dict[str, Any],
    operator_version: str,
    root: Path | None,
    old: dict[str, Any] | None = None,
    text: bytes | None = None,
) -> list[Violation]:
    """What an API server would not take, or not without a warning, of a Kubernetes object; empty if nothing.

    That is what the schema of its kind says, what a schema cannot say (`beyond`) and, if that schema takes it, what the
    kind's own rules say (`rules`). `operator_version` decides whose PerconaPGCluster it is. `root` is the user's
    repository, whose `schemas/kinds/custom/` knows further kinds. `old` is what the object was before, where a rule
    compares. `text` is the object's file, if `yamlio.dump` wrote it and nothing else is in it: what is good of many
    objects alike is then judged once (`alike`). Paths are inside the object.
    """
    kind = _kind_of(document, operator_version, root)
    if kind is None:
        from pggitops.schema import explain

        return explain.identity(document) or [_no_schema(document, operator_version)]
    if text is None or kind.bodies is None:
        return _found(kind, document, old)
    body = alike.body(document, text)
    if body is not None and alike.is_good(kind.bodies, body, document["metadata"]):
        return []
    found = _found(kind, document, old)
    if body is not None and not found:
        alike.remember(kind.bodies, body)
    return found


def _found(kind: _Kind, document: dict[str, Any], old: dict[str, Any] | None) -> list[Violation]:
    is_good, found = _judged(kind, document)
    if is_good or _verdict_of(kind.file)(document):
        if kind.rules is not None and (old is not None or not rules.hold(kind.rules, document)):
            found += rules.violations(kind.rules, kind.schema, document, old)
        return found
    from pggitops.schema import explain

    wrong = explain.fields(document, kind.schema)
    told = {violation.path for violation in wrong}
    return wrong + [violation for violation in found if violation.path not in told]


def scope(document: dict[str, Any], operator_version: str, root: Path | None) -> str | None:
    """`Namespaced` or `Cluster`, as the schema of the object's kind says; None for a kind without a schema."""
    kind = _kind_of(document, operator_version, root)
    return kind.scope if kind else None


def structure(api_version: str, kind: str, operator_version: str) -> dict[str, Any]:
    """The JSON Schema of a kind, to be read and not to be changed; empty for a kind without one."""
    found = _find(api_version, kind, operator_version, None)
    return found.schema if found else {}


def defaulted(document: dict[str, Any], operator_version: str, root: Path | None) -> dict[str, Any]:
    """The object with what its kind's schema declares where nothing stands, as an API server keeps it."""
    kind = _kind_of(document, operator_version, root)
    if kind is None:
        return document
    from pggitops.schema.defaults import with_defaults

    filled: dict[str, Any] = with_defaults(document, kind.schema, kind.schema.get("definitions", {}))
    return filled


@functools.cache
def list_keys(operator_version: str) -> Keys:
    """The lists of a PerconaPGCluster whose items one key identifies: path (without item steps) to that key.

    `("spec", "instances")` to `("name",)`; from `x-kubernetes-list-map-keys`. Empty for an unknown operator version.
    """
    file = schema_root() / "kinds" / schema_file("pgv2.percona.com", "PerconaPGCluster", "v2", operator_version)
    return dict(_keyed(whole(_read(file)), ())) if file.is_file() else {}


def _keyed(schema: dict[str, Any], path: tuple[str, ...]) -> Iterator[tuple[tuple[str, ...], tuple[str, ...]]]:
    keys = schema.get("x-kubernetes-list-map-keys", ())
    if schema.get("x-kubernetes-list-type") == "map" and len(keys) == 1:
        yield path, tuple(keys)
    for name, each in schema.get("properties", {}).items():
        yield from _keyed(each, (*path, name))
    if isinstance(schema.get("items"), dict):
        yield from _keyed(schema["items"], path)


@record
class _Kind:
    """The schema of one kind; `judged` counts the objects that it was walked through for.

    `bodies` is for the kinds of Kubernetes itself.
    """

    file: Path
    schema: dict[str, Any]
    rules: rules.Node | None
    judged: Iterator[int]
    scope: str | None
    bodies: alike.Bodies | None


@record
class _Compiled:
    """The schema of a kind made ready for many objects.

    `verdict` is that of the schema and of most of `places`; what it refuses may still be good. `rest` is always looked
    at, unless there is nothing in it.
    """

    verdict: Verdict
    places: beyond.Node
    rest: beyond.Node | None


def _judged(kind: _Kind, document: dict[str, Any]) -> tuple[bool, list[Violation]]:
    """Whether an object is surely good by its schema, and what is wrong with it beyond that."""
    if next(kind.judged) < walked():
        return takes(kind.schema, document), list(beyond.looked(kind.schema, document))
    made = _compiled(kind)
    is_good = made.verdict(document)
    if not is_good:
        return False, beyond.violations(made.places, document)
    return True, beyond.violations(made.rest, document) if made.rest is not None else []


def _kind_of(document: dict[str, Any], operator_version: str, root: Path | None) -> _Kind | None:
    api_version, kind = document.get("apiVersion"), document.get("kind")
    if isinstance(api_version, str) and isinstance(kind, str):
        # to hash a path takes as long as all the rest
        return _own(api_version, kind, operator_version) or _find(api_version, kind, operator_version, root)
    return None


@functools.cache
def _own(api_version: str, kind: str, operator_version: str) -> _Kind | None:
    """One of the kinds that are known without a repository."""
    return _find(api_version, kind, operator_version, None)


@functools.cache
def _find(api_version: str, kind: str, operator_version: str, root: Path | None) -> _Kind | None:
    version = _VERSION.fullmatch(api_version)
    # both become part of a path
    if version is None or not _KIND.fullmatch(kind) or ".." in api_version:
        return None
    name = schema_file(version[1] or "", kind, version[2], operator_version)
    file = schema_root() / "kinds" / name
    if file.is_file():
        return _kind(file, 0)
    file = root / "schemas" / "kinds" / name if root is not None and name.startswith("custom/") else file
    if not file.is_file():
        return None
    found = _kind(file, FEW)
    # what is broken in a schema of the user's own is told at once
    _compiled(found)
    return found


def _kind(file: Path, judged: int) -> _Kind:
    schema = _read(file)
    own = rules.tree(schema) if b"x-kubernetes-validations" in file.read_bytes() else None
    bodies = alike.bodies(schema) if file.parent.name == "native" else None
    return _Kind(file, schema, own, itertools.count(judged), schema.get("x-pggitops-scope"), bodies)


@functools.cache
def _compiled(kind: _Kind) -> _Compiled:
    try:
        places = beyond.tree(kind.schema)
        return _Compiled(compiled(beyond.quick(places, kind.schema)), places, beyond.rest(places) or None)
    except ValueError as error:
        raise _unusable(kind.file) from error


@functools.cache
def _verdict_of(file: Path) -> Verdict:
    """Of a kind's own schema, without anything beyond it."""
    return compiled(_read(file))


@functools.cache
def _verdict(name: str) -> Verdict:
    return verdict_of(runtime_schema(name))


def runtime_schema(name: str) -> dict[str, Any]:
    """The schema of a form as the verdict reads it, without prose."""
    return _read(schema_root() / "runtime" / f"{name}.json")


def _read(file: Path) -> dict[str, Any]:
    try:
        schema = json.loads(file.read_bytes())
    except (OSError, ValueError, RecursionError) as error:
        raise _unusable(file) from error
    if not isinstance(schema, dict):
        raise _unusable(file)
    return schema


def _unusable(file: Path) -> CannotGoOn:
    return CannotGoOn(f"{file} is no JSON Schema", "Make it again: `pggitops schema add CRD.yaml`.")


def _no_schema(document: dict[str, Any], operator_version: str) -> Violation:
    api_version, kind = document["apiVersion"], document["kind"]
    group, _, version = api_version.rpartition("/")
    versions = _versions(group, kind, operator_version)
    fix = "Correct apiVersion and kind, or add the schema of the kind: `pggitops schema add CRD.yaml`."
    if versions and version not in versions:
        fix = f"Write `apiVersion: {group}/{versions[-1]}`."
    return Violation(f"there is no schema for {kind} of {api_version}", fix, ("kind",), "manifest-no-schema")


def is_of_kubernetes(kind: str) -> bool:
    """Whether Kubernetes itself has a kind of that name, in a group of whichever name, that there is a schema of."""
    return bool(_KIND.fullmatch(kind)) and any((schema_root() / "kinds" / "native").glob(f"{kind.lower()}-*.json"))


def _versions(group: str, kind: str, operator_version: str) -> list[str]:
    """The versions of a custom kind there are schemas for."""
    name = schema_file(group, kind, "v1", operator_version)
    if not _VERSION.fullmatch(f"{group}/v1") or not _KIND.fullmatch(kind) or ".." in group:
        return []
    files = (schema_root() / "kinds" / name).parent.glob(f"{kind.lower()}_*.json")
    return sorted(file.stem.partition("_")[2] for file in files)
