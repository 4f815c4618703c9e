"""What an upstream `crd.yaml` is: the operator's eight CRDs, whole, and of which version.

The version follows from the schemas, not from a label: the Helm chart pg-operator 2.8.2 ships the schemas of 2.8.2
under the label `pgv2.percona.com/version: v2.8.1`. Its copies of 2.9.0 and 3.0.0 have no descriptions and are otherwise
what the operator's tag has in `deploy/crd.yaml`.

Source of the names and groups: percona/percona-postgresql-operator, `deploy/crd.yaml` of v2.8.2, and
percona/percona-helm-charts, `charts/pg-operator/crds/crd.yaml` of pg-operator-2.9.0 and pg-operator-3.0.0.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any, NoReturn

from pggitops import operators
from pggitops.errors import CannotGoOn
from pggitops.findings import did_you_mean
from pggitops.record import record

Document = dict[str, Any]

LIMIT = 16 << 20
"""Bytes that are read of a file; the largest `crd.yaml` so far (2.8.2) has 3.7 million."""

_GROUP = "pgv2.percona.com"
_OLD_GROUP = "postgres-operator.crunchydata.com"
_NEW_GROUP = "upstream.pgv2.percona.com"
_LABEL = "pgv2.percona.com/version"
_KINDS = ("PerconaPGBackup", "PerconaPGCluster", "PerconaPGRestore", "PerconaPGUpgrade")
_UPSTREAM_KINDS = ("CrunchyBridgeCluster", "PGAdmin", "PGUpgrade", "PostgresCluster")

_TAKE = "Take deploy/crd.yaml of percona/percona-postgresql-operator at the tag of the version."
_SHOWN = 5


@record
class Recognised:
    """The CRDs of one operator version by name, sorted, and in the form in which they are kept (`_kept`)."""

    version: str
    documents: Mapping[str, Document]


def upstream_group(version: str) -> str:
    """The group of the operator's inner kinds (PostgresCluster and others): it changed with 3.0.0."""
    return _OLD_GROUP if operators.number(version) < (3, 0, 0) else _NEW_GROUP


def names(version: str) -> frozenset[str]:
    """The names of the eight CRDs of an operator version."""
    return frozenset({*_named(_GROUP), *_named(upstream_group(version))})


def recognise(data: bytes, file: str, stated: str | None = None) -> Recognised:
    """The CRDs in a file and the operator version they are of, one of `operators.versions()`.

    `file` is what messages call it; `stated` is the version somebody says it is. Raises CannotGoOn for everything that
    is not exactly the eight CRDs of that version.
    """
    if stated is not None and stated not in operators.versions():
        known = operators.versions()
        message = f'there is no operator version "{stated}"{did_you_mean(stated, known)}'
        raise CannotGoOn(message, f"Known are: {', '.join(known)}.")
    documents: dict[str, Document] = {}
    given: dict[str, Document] = {}
    for document, place in _definitions(data, file):
        name = _name(document, place)
        if name in documents:
            raise CannotGoOn(f"{place}: {name} stands here a second time", _TAKE)
        documents[name] = document
        given[_KNOWN[name][0]] = _schema(document, name, place)
    group = _group(documents, file)
    version = _version(given, file, label(documents), stated)
    if upstream_group(version) != group:
        message = f"{file} has the kinds of {_GROUP} of operator {version}, but the other four in {group}"
        raise CannotGoOn(f"{message} instead of {upstream_group(version)}", _TAKE)
    return Recognised(version, {name: _kept(documents[name], version) for name in sorted(documents)})


def _named(group: str) -> dict[str, tuple[str, str]]:
    """The CRDs of a group: name to kind and version."""
    kinds, version = (_KINDS, "v2") if group == _GROUP else (_UPSTREAM_KINDS, "v1beta1")
    return {f"{kind.lower()}s.{group}": (kind, version) for kind in kinds}


_KNOWN = {**_named(_GROUP), **_named(_OLD_GROUP), **_named(_NEW_GROUP)}


def _definitions(data: bytes, file: str) -> list[tuple[Document, str]]:
    """The CustomResourceDefinitions of a file that holds nothing else, each with its place."""
    from pggitops import yamlio

    if len(data) > LIMIT:
        raise CannotGoOn(f"{file} has more than {LIMIT >> 20} MiB; no crd.yaml of the operator is that large", _TAKE)
    if not data.strip():
        raise CannotGoOn(f"{file} is empty", _TAKE)
    if data.lstrip()[:1] == b"<":
        fix = "Save the raw file, not the page that shows it."
        raise CannotGoOn(f"{file} is a web page (HTML), not YAML", fix)
    documents, problems = yamlio.load_all(data, LIMIT)
    for problem in problems:
        raise CannotGoOn(f"{file}:{problem.line}:{problem.column}: {problem.message}", _TAKE)
    found, others = [], []
    for document, line in documents:
        if document is None:
            continue
        if not isinstance(document, dict) or not isinstance(document.get("kind"), str):
            raise CannotGoOn(f"{file}:{line}: this is no Kubernetes object", _TAKE)
        if document["kind"] == "CustomResourceDefinition":
            found.append((document, f"{file}:{line}"))
        else:
            others.append(document["kind"])
    _nothing_else(file, len(found), others)
    return found


def _nothing_else(file: str, definitions: int, others: list[str]) -> None:
    kinds = ", ".join(dict.fromkeys(others))
    if not definitions:
        raise CannotGoOn(f"{file} holds no CustomResourceDefinition{kinds and ', but ' + kinds}", _TAKE)
    if others:
        # nothing of a file is left out in silence: who gives a bundle may believe that the operator is vendored
        fix = "Take deploy/crd.yaml of the same tag; the operator itself is rendered."
        raise CannotGoOn(f"{file} holds more than CRDs ({kinds}): it is a bundle", fix)


def _name(document: Document, place: str) -> str:
    metadata = document.get("metadata")
    name = metadata.get("name") if isinstance(metadata, dict) else None
    if not isinstance(name, str) or name not in _KNOWN:
        raise CannotGoOn(f"{place}: {name} is no CRD of the Percona Operator for PostgreSQL 2 or 3", _TAKE)
    return name


def _schema(document: Document, name: str, place: str) -> Document:
    """The schema of a CRD's kind, converted; everything else that makes the kind what it is must be as expected."""
    from pggitops import crd

    try:
        served = crd.convert_crd(document)
    except ValueError as error:
        raise CannotGoOn(f"{place}: {name}: {error}", _TAKE) from error
    versions = document["spec"]["versions"]
    kind, version = _KNOWN[name]
    if len(versions) != 1 or versions[0].get("name") != version or versions[0].get("storage") is not True:
        there = ", ".join(str(each.get("name")) for each in versions)
        message = f"{place}: {name} has versions {there}; it should have {version} only, served and stored"
        raise CannotGoOn(message, _TAKE)
    found = (served[0].kind, f"{served[0].plural}.{served[0].group}", served[0].scope)
    if found != (kind, name, "Namespaced"):
        message = f"{place}: {name} defines {' '.join(found)}; it should be {kind} {name} Namespaced"
        raise CannotGoOn(message, _TAKE)
    return served[0].schema


def _group(documents: Mapping[str, Document], file: str) -> str:
    """The group of the inner kinds; all eight must be there, and the inner ones in one group."""
    groups = [group for group in (_OLD_GROUP, _NEW_GROUP) if any(name in documents for name in _named(group))]
    if len(groups) == 2:
        raise CannotGoOn(f"{file} holds CRDs of both {_OLD_GROUP} and {_NEW_GROUP}: two versions in one file", _TAKE)
    expected = {**_named(_GROUP), **(_named(groups[0]) if groups else {})}
    missing = sorted(name for name in expected if name not in documents)
    if missing or not groups:
        lacking = [*missing, *([] if groups else [f"all four of {_OLD_GROUP} or {_NEW_GROUP}"])]
        raise CannotGoOn(f"{file} holds {len(documents)} of the eight CRDs; missing: {', '.join(lacking)}", _TAKE)
    return groups[0]


def _version(given: Mapping[str, Document], file: str, label: str, stated: str | None) -> str:
    """The version with these schemas, by kind; what is stated, or the label, decides only between equal ones."""
    from pggitops import kinds

    own = {kind: kinds.whole(given[kind]) for kind in _KINDS}
    differences = {version: list(_version_differences(own, version)) for version in operators.versions()}
    fitting = [version for version, found in differences.items() if not found]
    if not fitting:
        _unknown(file, differences, label, stated)
    if stated is not None and stated not in fitting:
        fix = f"Leave --version out, or take the file of {stated}."
        raise CannotGoOn(f"{file} holds the CRDs of operator {fitting[0]}, not {stated}", fix)
    return stated or (label if label in fitting else fitting[-1])


def label(documents: Mapping[str, Document]) -> str:
    """The version that CRDs say they are of; empty where they say none."""
    cluster = documents.get(f"perconapgclusters.{_GROUP}", {"metadata": {}})
    labels = cluster["metadata"].get("labels")
    said = labels.get(_LABEL) if isinstance(labels, dict) else None
    return said.removeprefix("v") if isinstance(said, str) else ""


def _unknown(file: str, differences: Mapping[str, list[str]], label: str, stated: str | None) -> NoReturn:
    nearest = stated or min(reversed(list(differences)), key=lambda version: len(differences[version]))
    found = differences[nearest]
    more = f" and {len(found) - _SHOWN} more" if len(found) > _SHOWN else ""
    says = f" (its label says {label})" if label else ""
    what = f"operator {stated}" if stated else f"any operator known here ({', '.join(differences)})"
    message = f"{file}{says} does not hold the CRDs of {what}; from {nearest} it differs in "
    raise CannotGoOn(f"{message}{', '.join(found[:_SHOWN])}{more}", _TAKE)


def _version_differences(given: Mapping[str, Document], version: str) -> Iterator[str]:
    from pggitops import kinds
    from pggitops.schema import schema_root

    for kind in _KINDS:
        file = schema_root() / "kinds" / kinds.schema_file(_GROUP, kind, "v2", version)
        known = kinds.whole(json.loads(file.read_bytes()))
        if known != given[kind]:
            yield from (f"{kind}{path}" for path in _differences(known, given[kind], " "))


_CHILDREN = frozenset({"properties", "items", "additionalProperties"})


def _differences(known: Document, given: Document, at: str) -> Iterator[str]:
    """The fields whose rules differ, in a person's terms: ` spec.instances[].replicas`."""
    words = {*known, *given} - _CHILDREN
    if any(_rule(known, word) != _rule(given, word) for word in words):
        yield at.rstrip(". ") or " itself"
    ours, theirs = known.get("properties", {}), given.get("properties", {})
    for name in sorted({*ours, *theirs}):
        if name in ours and name in theirs:
            yield from _differences(ours[name], theirs[name], f"{at}{name}.")
        else:
            yield at + name
    for word, step in (("items", "[]."), ("additionalProperties", ".*.")):
        one, other = known.get(word), given.get(word)
        if isinstance(one, dict) and isinstance(other, dict):
            yield from _differences(one, other, at.rstrip(".") + step)
        elif one != other:
            yield at.rstrip(". ") or " itself"


def _rule(schema: Document, word: str) -> Any:
    value = schema.get(word)
    # a CEL rule's message is prose, like a description
    return [each.get("rule") for each in value] if word == "x-kubernetes-validations" and value else value


def _kept(document: Document, version: str) -> Document:
    """A CRD as it is kept: no description, no status, nothing that a server wrote, and its keys sorted.

    The label says the version that was recognised. So the Helm chart's file and the tag's give the same bytes, a third
    of the 3.7 MB that 2.8.2 has upstream.
    """
    metadata = document["metadata"]
    kept: Document = {"name": metadata["name"]}
    if metadata.get("labels"):
        kept["labels"] = dict(metadata["labels"])
        if _LABEL in kept["labels"]:
            kept["labels"][_LABEL] = f"v{version}"
    maker = "controller-gen.kubebuilder.io/version"
    if maker in (metadata.get("annotations") or {}):
        kept["annotations"] = {maker: metadata["annotations"][maker]}
    (served,) = document["spec"]["versions"]
    structural = {"openAPIV3Schema": _bare(served["schema"]["openAPIV3Schema"])}
    spec = {**document["spec"], "versions": [{**served, "schema": structural}]}
    ordered: Document = _ordered(
        {**{word: document[word] for word in ("apiVersion", "kind")}, "metadata": kept, "spec": spec}
    )
    return ordered


def _bare(schema: Any) -> Any:
    """A structural schema without descriptions; a property may be called `description`."""
    if not isinstance(schema, dict):
        return schema
    result = {word: value for word, value in schema.items() if word != "description"}
    if "properties" in result:
        result["properties"] = {name: _bare(each) for name, each in result["properties"].items()}
    for word in ("items", "additionalProperties", "not"):
        if word in result:
            result[word] = _bare(result[word])
    for word in ("allOf", "anyOf", "oneOf"):
        if word in result:
            result[word] = [_bare(each) for each in result[word]]
    return result


def _ordered(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _ordered(value[key]) for key in sorted(value)}
    return [_ordered(each) for each in value] if isinstance(value, list) else value
