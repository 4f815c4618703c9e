"""The overlay's words in every form they are needed, all derived from `schemas/vocabulary.yaml`.

The vocabulary describes the composed environment. A file is a part of one: nothing is required of it, a value may be
null (which deletes what lies beneath, RFC 7396), short forms stand for long ones, some words stand in some files only.

    environment  environment.yaml of kind Environment
    removed      environment.yaml of kind Removed
    base         environments/bases/<name>.yaml
    cluster      environments/<environment>/clusters/<name>.yaml
    composed     what the layers of an environment make together
"""

from __future__ import annotations

import functools
import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from pggitops.schema import schema_root

Schema = dict[str, Any]

FORMS = ("environment", "base", "cluster", "composed", "removed")

_DIALECT = "https://json-schema.org/draft/2020-12/schema"
_TITLES = {
    "environment": "An environment of pggitops",
    "base": "A base of pggitops",
    "cluster": "A cluster of a pggitops environment",
}
_POLICY = "policy.schema.json"
_KINDS = {"environment": "Environment", "base": "Base"}
# what an editor shows and a verdict does not need
_PROSE = frozenset(["$schema", "title", "description", "x-pggitops-kind"])
_SUBSCHEMA = frozenset(["items", "additionalProperties", "propertyNames", "not", "if", "then", "else"])


def composed_schema() -> Schema:
    """The schema of the composed document, with descriptions; `$ref`s are to its own `$defs`."""
    return _form("composed")


def editor_schemas() -> dict[str, Schema]:
    """The schemas for editors by file name, each self-contained; a folder that is gone has the environment's file."""
    environment, removed = _form("environment"), _form("removed")
    whole = {
        "$schema": _DIALECT,
        "title": _TITLES["environment"],
        "if": {"properties": {"kind": {"const": "Removed"}}, "required": ["kind"]},
        "then": {"$ref": "#/$defs/removed"},
        "else": {"$ref": "#/$defs/environment"},
        "$defs": {
            "environment": _without_head(environment),
            "removed": _without_head(removed),
            **environment["$defs"],
            **removed.get("$defs", {}),
        },
    }
    forms = {"environment": whole, "base": _form("base"), "cluster": _form("cluster")}
    policy: Schema = json.loads((schema_root() / _POLICY).read_bytes())
    return {f"{name}.schema.json": _for_editors(schema) for name, schema in forms.items()} | {_POLICY: policy}


def runtime_schemas() -> dict[str, Schema]:
    """What a verdict and its explanation need of each form, by its name: all but descriptions."""

    def bare(schema: Schema) -> Schema:
        return {word: value for word, value in schema.items() if word not in _PROSE}

    return {name: mapped(_form(name), bare) for name in FORMS}


def text(schema: Schema) -> str:
    """An editor schema as its file holds it."""
    return json.dumps(schema, indent=1, ensure_ascii=False) + "\n"


def stale(folder: Path) -> list[str]:
    """The names of editor schemas in a folder that differ from this version's; one that is not there is not stale."""
    names = [*[f"{name}.schema.json" for name in _TITLES], _POLICY]
    return [
        name
        for name in names
        if (folder / name).is_file() and (folder / name).read_bytes() != (schema_root() / name).read_bytes()
    ]


def mapped(schema: Schema, change: Callable[[Schema], Schema]) -> Schema:
    """A schema with `change` applied to it and to every schema in it, the innermost first."""

    def inside(word: str, value: Any) -> Any:
        if word in ("properties", "$defs"):
            return {name: mapped(each, change) for name, each in value.items()}
        if word in ("oneOf", "anyOf", "allOf"):
            return [mapped(each, change) for each in value]
        return mapped(value, change) if word in _SUBSCHEMA and isinstance(value, dict) else value

    return change({word: inside(word, value) for word, value in schema.items()})


def resolved(schema: Schema, definitions: Schema) -> Schema:
    """A schema with the definition its `$ref` names laid beneath its own keywords."""
    while "$ref" in schema:
        own = {word: value for word, value in schema.items() if word != "$ref"}
        schema = _overlaid(definitions[schema["$ref"].rpartition("/")[2]], own)
    return schema


def in_files(schema: Schema) -> Schema:
    """A word as files hold it, where the composed document holds something else."""
    return {**_without_shape(schema), **schema["x-pggitops-layer"]} if "x-pggitops-layer" in schema else schema


def _overlaid(below: Schema, own: Schema) -> Schema:
    """Two schemas that hold together as one; where both have a keyword, `own` says it more narrowly."""
    result = {**below, **own}
    if "default" in own and "examples" not in own:
        result.pop("examples", None)
    if "properties" in below and "properties" in own:
        result["properties"] = {**own["properties"], **below["properties"]}
    if "required" in below and "required" in own:
        result["required"] = [*own["required"], *below["required"]]
    if result.pop("unevaluatedProperties", None) is False:
        result["additionalProperties"] = False
    return result


@functools.cache
def source() -> Schema:
    """`schemas/vocabulary.yaml` as it is written."""
    from pggitops import yamlio

    document, problems = yamlio.load((schema_root() / "vocabulary.yaml").read_bytes())
    if problems:
        raise ValueError(f"vocabulary.yaml:{problems[0].line}: {problems[0].message}")
    vocabulary: Schema = document
    return vocabulary


@dataclass(slots=True)
class _Form:
    """One form in the making: `definitions` are those it has needed so far."""

    name: str
    definitions: Schema = field(default_factory=dict)


def _form(name: str) -> Schema:
    form, vocabulary = _Form(name), source()
    roots = {"cluster": vocabulary["$defs"]["cluster"], "removed": vocabulary["$defs"]["removedEnvironment"]}
    root = resolved(roots.get(name, vocabulary), vocabulary["$defs"])
    derived = _derived(form, root, partial=name in _TITLES, nullable=False)
    for word in ("$defs", "$schema", "title"):
        derived.pop(word, None)
    if name in _KINDS:
        properties = derived["properties"]
        for word in ("apiVersion", "kind"):
            properties[word] = _derived(form, root["properties"][word], partial=False, nullable=False)
        properties["kind"]["enum"] = [_KINDS[name]] if name == "base" else ["Environment", "Removed"]
        derived["required"] = ["apiVersion", "kind"]
    head = {"$schema": _DIALECT, "title": _TITLES[name]} if name in _TITLES else {"$schema": _DIALECT}
    return {**head, **derived, "$defs": form.definitions}


def _derived(form: _Form, schema: Schema, partial: bool, nullable: bool) -> Schema:
    """A part of the vocabulary as it is in a form; `partial` in files, `nullable` where null may delete it."""
    definitions = source()["$defs"]
    if partial:
        schema = in_files(schema)
    if "$ref" in schema:
        whole = resolved(schema, definitions)
        if "unevaluatedProperties" not in schema and not _is_scalar(whole):
            return _referred(form, schema, partial, nullable)
        schema = whole
    result = dict(_keywords(form, schema, partial))
    if partial and "x-pggitops-short" in schema:
        long = schema["properties"][schema["x-pggitops-short"]]
        result["type"] = [schema["type"], "string"]
        result["if"] = {"type": "string"}
        result["then"] = _derived(form, long, partial=False, nullable=False)
    return _or_null(result) if nullable else result


def _is_scalar(schema: Schema) -> bool:
    """Small enough to be written out where it is used."""
    return schema.get("type") not in ("object", "array")


def _referred(form: _Form, schema: Schema, partial: bool, nullable: bool) -> Schema:
    """A `$ref` to a definition of the form, made where it is needed for the first time."""
    name = schema["$ref"].rpartition("/")[2]
    own = name + ("Part" if partial else "") + ("OrNull" if nullable else "")
    if own not in form.definitions:
        form.definitions[own] = {}
        form.definitions[own] = _derived(form, source()["$defs"][name], partial, nullable)
    siblings = {word: value for word, value in _keywords(form, schema, partial) if word != "$ref"}
    return {"$ref": f"#/$defs/{own}", **siblings}


def _keywords(form: _Form, schema: Schema, partial: bool) -> Iterator[tuple[str, Any]]:
    for word, value in schema.items():
        if word == "properties":
            stands = {name: each for name, each in value.items() if form.name in each.get("x-pggitops-in", FORMS)}
            yield word, {name: _derived(form, each, partial, nullable=partial) for name, each in stands.items()}
        elif word == "additionalProperties" and isinstance(value, dict):
            yield word, _derived(form, value, partial, nullable=partial)
        elif word in ("items", "propertyNames"):
            # a list replaces the one beneath it as a whole: its items are complete, and no null deletes one
            yield word, _derived(form, value, partial=False, nullable=False)
        elif partial and word in ("required", "minProperties", "oneOf", "anyOf"):
            continue
        elif word not in ("x-pggitops-in", "x-pggitops-layer") and (partial or word != "x-pggitops-short"):
            yield word, value


def _or_null(schema: Schema) -> Schema:
    result = dict(schema)
    if "type" in result:
        result["type"] = [*([result["type"]] if isinstance(result["type"], str) else result["type"]), "null"]
    if "enum" in result:
        result["enum"] = [*result["enum"], None]
    return result


def _without_shape(schema: Schema) -> Schema:
    return {word: value for word, value in schema.items() if word in _PROSE or word.startswith("x-pggitops-becomes")}


def _without_head(schema: Schema) -> Schema:
    return {word: value for word, value in schema.items() if word not in ("$schema", "title", "$defs")}


def _for_editors(schema: Schema) -> Schema:
    """Our own keywords as words an editor shows."""

    def shown(part: Schema) -> Schema:
        becomes = part.get("x-pggitops-becomes")
        result = {word: value for word, value in part.items() if not word.startswith("x-pggitops-")}
        if becomes and "description" in result:
            result["description"] += f" Becomes {becomes}."
        if "x-pggitops-expects" in part:
            result["patternErrorMessage"] = f"expected {part['x-pggitops-expects']}"
        return result

    return mapped(schema, shown)
