"""The files of kinds' schemas: where each lies, and how a schema says once what it would say many times."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Mapping
from typing import Any

Schema = dict[str, Any]

NATIVE_GROUPS = frozenset(
    {
        "",
        "admissionregistration.k8s.io",
        "apiextensions.k8s.io",
        "apiregistration.k8s.io",
        "apps",
        "authentication.k8s.io",
        "authorization.k8s.io",
        "autoscaling",
        "batch",
        "certificates.k8s.io",
        "coordination.k8s.io",
        "discovery.k8s.io",
        "events.k8s.io",
        "flowcontrol.apiserver.k8s.io",
        "internal.apiserver.k8s.io",
        "networking.k8s.io",
        "node.k8s.io",
        "policy",
        "rbac.authorization.k8s.io",
        "resource.k8s.io",
        "scheduling.k8s.io",
        "storage.k8s.io",
        "storagemigration.k8s.io",
    }
)
"""Groups Kubernetes itself serves; ending in `k8s.io` says nothing, for `snapshot.storage.k8s.io` comes as a CRD."""

OPERATOR_GROUP = "pgv2.percona.com"


def schema_file(group: str, kind: str, version: str, operator: str | None = None) -> str:
    """Where the schema of a kind lies beneath `schemas/kinds`: the names kubeconform looks for.

    `operator` is the operator's version; it counts for the operator's own kinds only, whose schemas differ with it.
    """
    word = kind.lower()
    if group in NATIVE_GROUPS:
        label = group.split(".")[0]
        return f"native/{word}-{label}-{version}.json" if label else f"native/{word}-{version}.json"
    if group == OPERATOR_GROUP and operator is not None:
        return f"percona/{operator}/{word}_{version}.json"
    return f"custom/{group}/{word}_{version}.json"


def text(schema: Schema) -> str:
    """A kind's schema as its file: the same bytes in whatever order it was made."""
    return json.dumps(schema, indent=1, sort_keys=True, ensure_ascii=False) + "\n"


_LEAST = 300
"""Characters of JSON from which a part is worth a definition."""


def shared(schema: Schema) -> Schema:
    """The same schema with the parts that stand in it more than once in `definitions`, each with a telling name.

    A PerconaPGCluster has the schema of a container fifteen times; said once, its file is a seventh in size, and is
    read and compiled in a fifth of the time.
    """
    counts: Counter[str] = Counter()
    _parts(schema, lambda name, part: _count(part, counts))
    names: dict[str, str] = {}
    definitions: Schema = {}

    def named(name: str, part: Any) -> Any:
        text = _text(part)
        if counts[text] < 2:
            return _parts(part, named) if isinstance(part, dict) else part
        if text not in names:
            number = sum(1 for taken in definitions if taken.rstrip("0123456789") == name)
            names[text] = f"{name}{number + 1}" if number else name
            definitions[names[text]] = {}
            definitions[names[text]] = _parts(part, named)
        return {"$ref": f"#/definitions/{names[text]}"}

    result = _parts(schema, named)
    return {**result, "definitions": definitions} if definitions else result


def whole(schema: Schema) -> Schema:
    """The schema with every definition put where it is used: what `shared` was given."""
    definitions = schema.get("definitions", {})

    def put(name: str, part: Any) -> Any:
        return _parts(resolved(part, definitions), put) if isinstance(part, dict) else part

    return {word: value for word, value in _parts(schema, put).items() if word != "definitions"}


def resolved(schema: Schema, definitions: Mapping[str, Schema]) -> Schema:
    """A part of a schema, or the definition it refers to."""
    reference = schema.get("$ref")
    return schema if reference is None else definitions[reference.removeprefix("#/definitions/")]


def _text(part: Any) -> str:
    return json.dumps(part, sort_keys=True) if isinstance(part, dict) else ""


def _count(part: Any, counts: Counter[str]) -> Any:
    """Count a part where it is large enough; what is inside one that was met before is not counted again."""
    text = _text(part)
    if len(text) >= _LEAST:
        counts[text] += 1
    if isinstance(part, dict) and counts[text] < 2:
        _parts(part, lambda name, inner: _count(inner, counts))
    return part


def _parts(schema: Schema, change: Callable[[str, Any], Any]) -> Schema:
    """The schema with each schema directly in it changed; the change is told a name for the part."""
    result = dict(schema)
    for word in ("properties", "patternProperties"):
        if word in schema:
            result[word] = {name: change(name, part) for name, part in schema[word].items()}
    for word in ("items", "additionalProperties", "not", "propertyNames"):
        if word in schema:
            result[word] = change(word, schema[word])
    for word in ("anyOf", "allOf", "oneOf"):
        if word in schema:
            result[word] = [change(word, part) for part in schema[word]]
    return result
