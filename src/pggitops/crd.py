"""A kind's structural schema, as its CustomResourceDefinition states it, made a JSON Schema that other tools can use.

A structural schema means more than it says: the API server drops keys it does not know, fills in defaults before it
looks at `required`, and adds the fields of every object's `metadata`. A JSON Schema means only what it says, so all of
that is written out here. The result is self-contained (draft 07) and refuses what a server asked for strict field
validation refuses, as far as a schema can say it.

What a schema cannot say stays beside it as annotations for whoever evaluates it: `x-kubernetes-validations` (CEL),
`x-kubernetes-list-type` and `x-kubernetes-list-map-keys` (which items of a list are the same).

Source of the rules: k8s.io/apiextensions-apiserver 0.34, `pkg/apiserver/schema` (pruning, defaulting, objectmeta).
"""

from __future__ import annotations

import copy
import re
import warnings
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from pggitops.kinds import shared
from pggitops.object_meta import NEVER_IN_A_FILE, OBJECT_META

Schema = dict[str, Any]

DIALECT = "http://json-schema.org/draft-07/schema#"
"""Has to be named: kubeconform reads a schema that names none as draft 04, which knows no `const`."""


@dataclass(frozen=True)
class KindSchema:
    """One served version of a kind; `scope` is `Namespaced` or `Cluster`, `schema` judges a whole object."""

    group: str
    version: str
    kind: str
    plural: str
    scope: str
    schema: Schema

    @property
    def api_version(self) -> str:
        return f"{self.group}/{self.version}"


def convert_crd(document: Mapping[str, Any]) -> list[KindSchema]:
    """The kinds a CustomResourceDefinition manifest serves, one per served version, in the manifest's order.

    Each schema demands the kind's own `apiVersion` and `kind`, and says at its root whose it is
    (`x-kubernetes-group-version-kind`) and where such objects live (`x-pggitops-scope`).

    Raises ValueError, saying what is wrong and where, for anything that is not a whole manifest of
    apiextensions.k8s.io/v1.
    """
    _check_manifest(document)
    spec = _map(document, "spec")
    names = _map(spec, "names", "spec.")
    group = _name(spec, "group", _GROUP, "spec.")
    kind = _name(names, "kind", _KIND, "spec.names.")
    plural = _name(names, "plural", _LABEL, "spec.names.")
    scope = spec.get("scope")
    if scope not in ("Namespaced", "Cluster"):
        raise ValueError(f"spec.scope is {scope!r}, not Namespaced or Cluster")
    kinds = []
    for version, structural in _served(spec):
        kinds.append(kind_schema(group, version, kind, plural, scope, structural))
    if not kinds:
        raise ValueError("spec.versions has no served version")
    return kinds


_GROUP = re.compile(r"[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)+")
_LABEL = re.compile(r"[a-z0-9]([-a-z0-9]*[a-z0-9])?")
_KIND = re.compile(r"[A-Za-z]([-A-Za-z0-9]*[A-Za-z0-9])?")


def _check_manifest(document: Mapping[str, Any]) -> None:
    if not isinstance(document, Mapping):
        raise ValueError("not a manifest: the document is no map")
    if document.get("kind") != "CustomResourceDefinition":
        kind = f"the kind is {document['kind']}" if document.get("kind") else "it has no kind"
        raise ValueError(f"not a CustomResourceDefinition: {kind}")
    if document.get("apiVersion") != "apiextensions.k8s.io/v1":
        given = f"apiVersion is {document['apiVersion']}" if document.get("apiVersion") else "it has no apiVersion"
        raise ValueError(
            f"{given}: only CustomResourceDefinitions of apiextensions.k8s.io/v1 have a schema per version"
        )


def _map(parent: Mapping[str, Any], key: str, where: str = "") -> Mapping[str, Any]:
    value = parent.get(key)
    if not isinstance(value, Mapping):
        raise ValueError(f"{where}{key} is missing or no map")
    return value


def _name(parent: Mapping[str, Any], key: str, form: re.Pattern[str], where: str) -> str:
    # They become file names, so `../` must not get through.
    value = parent.get(key)
    if not isinstance(value, str) or not form.fullmatch(value):
        raise ValueError(f"{where}{key} is {value!r}: not a name Kubernetes would take")
    return value


def _served(spec: Mapping[str, Any]) -> Iterator[tuple[str, Mapping[str, Any]]]:
    versions = spec.get("versions")
    if not isinstance(versions, list):
        raise ValueError("spec.versions is missing or no list")
    for index, version in enumerate(versions):
        where = f"spec.versions[{index}]."
        if not isinstance(version, Mapping):
            raise ValueError(f"{where[:-1]} is no map")
        if version.get("served"):
            schema = _map(_map(version, "schema", where), "openAPIV3Schema", f"{where}schema.")
            yield _name(version, "name", _LABEL, where), schema


def kind_schema(group: str, version: str, kind: str, plural: str, scope: str, schema: Mapping[str, Any]) -> KindSchema:
    """One version of a kind from its structural schema, as `convert_crd` gives it."""
    strict = identified(convert(schema), group, version, kind, scope)
    return KindSchema(group, version, kind, plural, scope, shared(strict))


def identified(schema: Schema, group: str, version: str, kind: str, scope: str) -> Schema:
    """The same schema, which takes one kind only and says at its root which."""
    properties = schema["properties"]
    properties["apiVersion"] = {"type": "string", "const": f"{group}/{version}".lstrip("/")}
    properties["kind"] = {"type": "string", "const": kind}
    schema["x-kubernetes-group-version-kind"] = [{"group": group, "kind": kind, "version": version}]
    schema["x-pggitops-scope"] = scope
    return schema


def convert(schema: Mapping[str, Any]) -> Schema:
    """The strict JSON Schema of a whole object from its structural schema; the argument is left as it is.

    Keys nobody declared are refused at every depth, except where the kind keeps unknown fields. `apiVersion`, `kind`
    and `metadata.name` are demanded whether or not the kind says so; which `apiVersion` and `kind`, the caller adds.

    Raises ValueError with the place for what no structural schema has: a `$ref`, or something else in a schema's place.
    """
    root = _node(schema, "")
    properties = root.setdefault("properties", {})
    properties.update({"apiVersion": {"type": "string"}, "kind": {"type": "string"}, "metadata": _metadata(schema)})
    demanded = ["apiVersion", "kind", "metadata"]
    root["required"] = demanded + [name for name in root.get("required", ()) if name not in demanded]
    if not schema.get("x-kubernetes-preserve-unknown-fields"):
        root["additionalProperties"] = False
    return {"$schema": DIALECT, **root, "type": "object"}


_JUNCTIONS = ("allOf", "anyOf", "oneOf")
_PROSE = frozenset({"description", "title", "example", "externalDocs", "id", "$schema"})
_REWRITTEN = frozenset(
    {"nullable", "required", "pattern", "minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum", "not"}
    | {"properties", "items", "additionalProperties", *_JUNCTIONS}
)


def _node(schema: Any, where: str, *, kept: bool = False) -> Schema:
    """One node that has a structure of its own; `kept`: its parent keeps the unknown fields of its items."""
    result = _rules(schema, schema, where)
    properties, items, others = (schema.get(word) for word in ("properties", "items", "additionalProperties"))
    keeps = kept or bool(schema.get("x-kubernetes-preserve-unknown-fields"))
    if properties is not None:
        result["properties"] = {
            name: _node(child, f"{where}.{name}") for name, child in _entries(properties, f"{where}.properties")
        }
    if items is not None:
        result["items"] = _node(items, f"{where}[]", kept=keeps)
    if isinstance(others, Mapping):
        result["additionalProperties"] = _node(others, f"{where}.*")
    elif others is not None:
        result["additionalProperties"] = bool(others)
    elif not keeps and (schema.get("type") == "object" or properties is not None):
        result["additionalProperties"] = False
    if schema.get("x-kubernetes-embedded-resource"):
        _embed(result)
    _set_type(result, schema)
    return result


def _branch(schema: Any, structure: Mapping[str, Any], where: str) -> Schema:
    """A schema beneath `allOf`, `anyOf`, `oneOf` or `not`: it judges values, the structure is declared outside of it.

    It may not close an object, for it names only some of the keys that `structure`, the node it belongs to, declares.
    """
    result = _rules(schema, structure, where)
    if schema.get("properties") is not None:
        result["properties"] = {
            name: _branch(child, _declared(structure, name), f"{where}.{name}")
            for name, child in _entries(schema["properties"], f"{where}.properties")
        }
    for word, place in (("items", "[]"), ("additionalProperties", ".*")):
        if isinstance(schema.get(word), Mapping):
            beneath = structure.get(word)
            result[word] = _branch(schema[word], beneath if isinstance(beneath, Mapping) else {}, where + place)
        elif word in schema:
            result[word] = schema[word]
    return result


def _rules(schema: Any, structure: Mapping[str, Any], where: str) -> Schema:
    """What a node says about a value as a whole, without its children."""
    if not isinstance(schema, Mapping):
        raise ValueError(f"{where or 'the root'}: {schema!r} is no schema")
    if "$ref" in schema:
        raise ValueError(f"{where or 'the root'}: a structural schema has no $ref")
    result = {
        word: copy.deepcopy(value) for word, value in schema.items() if word not in _PROSE and word not in _REWRITTEN
    }
    required = [name for name in _list(schema, "required", where) if "default" not in _declared(structure, name)]
    if required:
        result["required"] = required
    _set_bounds(result, schema)
    _set_pattern(result, schema, where)
    _set_junctions(result, schema, structure, where)
    return result


def _declared(structure: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    """The schema of one key of an object, empty where nobody declared the key."""
    properties = structure.get("properties")
    declared = properties.get(name) if isinstance(properties, Mapping) else None
    return declared if isinstance(declared, Mapping) else {}


def _list(schema: Mapping[str, Any], word: str, where: str) -> list[Any]:
    value = schema.get(word)
    if value is not None and not isinstance(value, list):
        raise ValueError(f"{where}.{word} is no list")
    return value or []


def _entries(properties: Any, where: str) -> Iterator[tuple[str, Any]]:
    if not isinstance(properties, Mapping):
        raise ValueError(f"{where} is no map")
    yield from properties.items()


def _set_bounds(result: Schema, schema: Mapping[str, Any]) -> None:
    """OpenAPI 3.0 excludes a bound with a boolean beside it, draft 07 has a keyword of its own for an excluded one.

    To the server an integer has 64 bits, or 32 where its format says so; a JSON Schema knows no such limit.
    """
    for bound, excluded in (("minimum", "exclusiveMinimum"), ("maximum", "exclusiveMaximum")):
        if bound in schema:
            result[excluded if schema.get(excluded) else bound] = schema[bound]
    if schema.get("type") == "integer" or schema.get("x-kubernetes-int-or-string"):
        bound_integer(result)


def bound_integer(schema: Schema) -> None:
    """Give a schema that takes integers the bounds it has not: those of 32 or 64 bits."""
    largest = 2**31 - 1 if schema.get("format") == "int32" else 2**63 - 1
    if not {"minimum", "exclusiveMinimum"} & schema.keys():
        schema["minimum"] = -largest - 1
    if not {"maximum", "exclusiveMaximum"} & schema.keys():
        schema["maximum"] = largest


def _set_junctions(result: Schema, schema: Mapping[str, Any], structure: Mapping[str, Any], where: str) -> None:
    for word in _JUNCTIONS:
        branches = _list(schema, word, where)
        if schema.get("x-kubernetes-int-or-string"):
            branches = _without_int_or_string(word, branches)
        if branches:
            result[word] = [_branch(each, structure, f"{where}.{word}") for each in branches]
    if "not" in schema:
        result["not"] = _branch(schema["not"], structure, f"{where}.not")


_INT_OR_STRING = [{"type": "integer"}, {"type": "string"}]


def _without_int_or_string(word: str, branches: list[Any]) -> list[Any]:
    """The branches without the two forms in which a schema may spell out int-or-string: the type says it already."""
    if word == "anyOf" and branches == _INT_OR_STRING:
        return []
    return [each for each in branches if not (word == "allOf" and each == {"anyOf": _INT_OR_STRING})]


def _set_type(result: Schema, schema: Mapping[str, Any]) -> None:
    types = ["integer", "string"] if schema.get("x-kubernetes-int-or-string") else result.get("type")
    if schema.get("nullable") and types is not None:
        types = [*types, "null"] if isinstance(types, list) else [types, "null"]
    if types is not None:
        result["type"] = types


def _embed(result: Schema) -> None:
    """An object inside an object: the server demands its apiVersion and kind and knows its metadata undeclared."""
    properties = result.setdefault("properties", {})
    properties.setdefault("apiVersion", {"type": "string"})
    properties.setdefault("kind", {"type": "string"})
    properties["metadata"] = copy.deepcopy(OBJECT_META)
    required = result.get("required", [])
    result["required"] = [*(name for name in ("apiVersion", "kind") if name not in required), *required]


UNCHECKED_PATTERN = "x-pggitops-unchecked-pattern"
"""Where a pattern goes that only Go's engine reads: the API server still enforces it, we do not."""

_WORDS = {"d": "0-9", "w": "0-9A-Za-z_", "s": r"\t\n\f\r "}
_POSIX = {
    "alnum": "0-9A-Za-z",
    "alpha": "A-Za-z",
    "blank": r"\t ",
    "digit": "0-9",
    "lower": "a-z",
    "space": r"\t\n\v\f\r ",
    "upper": "A-Z",
    "word": "0-9A-Za-z_",
    "xdigit": "0-9A-Fa-f",
}
_TOKEN = re.compile(r"\\[\s\S]|\[:[a-z]+:\]|\[\^?\]?|[\s\S]")


_BASE64 = "^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=|[A-Za-z0-9+/]{4})$"
"""What the server holds a text of format `byte` against (k8s.io/kube-openapi, `pkg/validation/strfmt/default.go`)."""


def _set_pattern(result: Schema, schema: Mapping[str, Any], where: str) -> None:
    if schema.get("format") == "byte" and schema.get("type") == "string":
        result["pattern"] = _BASE64
    if "pattern" in schema:
        if not isinstance(schema["pattern"], str):
            raise ValueError(f"{where}.pattern is no text")
        pattern = _portable(schema["pattern"])
        result["pattern" if _compiles(pattern) else UNCHECKED_PATTERN] = pattern


def _portable(pattern: str) -> str:
    r"""A pattern of Go's syntax in the part of it that Python and Rust read alike.

    `\d`, `\w` and `\s` are ASCII in Go and Unicode elsewhere; Python has no `[[:alpha:]]`, spells `\z` otherwise and
    warns of a bare `[` within brackets; JSON Schema's own dialect takes a bare `]` there for the end.
    One difference stays: to Python alone, `$` also stands before a newline that ends the text.
    """
    parts: list[str] = []
    inside = False
    for token in _TOKEN.findall(pattern):
        if token.startswith("\\"):
            parts.append(_escape(token, inside))
        elif inside:
            parts.append(_POSIX.get(token[2:-2]) or token.replace("[", r"\["))
            inside = not token.endswith("]") or token[2:-2] in _POSIX
        else:
            inside = token in ("[", "[^", "[]", "[^]")
            parts.append(token.replace("]", r"\]") if inside else token)
    return "".join(parts)


def _escape(token: str, inside: bool) -> str:
    word = token[1]
    if word in "dws":
        return _WORDS[word] if inside else f"[{_WORDS[word]}]"
    if word in "DWS" and not inside:
        return f"[^{_WORDS[word.lower()]}]"
    return {r"\A": "^", r"\z": "$"}.get(token, token)


def _compiles(pattern: str) -> bool:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error")
            re.compile(pattern)
    except (re.error, FutureWarning, OverflowError, RecursionError):
        return False
    return True


def _metadata(schema: Mapping[str, Any]) -> Schema:
    """The metadata of a whole object; a kind may narrow `name` and `generateName` and nothing else of it."""
    result = copy.deepcopy(OBJECT_META)
    for name in NEVER_IN_A_FILE:
        del result["properties"][name]
    result["required"] = ["name"]
    for name in ("name", "generateName"):
        narrowed = _declared(_declared(schema, "metadata"), name)
        result["properties"][name] |= _rules(narrowed, narrowed, f".metadata.{name}")
    return result
