"""The errors of a schema in words: what is wrong, and what to write instead."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from jsonschema import ValidationError

from pggitops import plain_secrets
from pggitops.findings import Path, Violation, did_you_mean
from pggitops.object_meta import NEVER_IN_A_FILE
from pggitops.record import record
from pggitops.schema import elsewhere
from pggitops.schema.repair import example, flow, missing_units, repaired, show, usual
from pggitops.vocabulary import resolved

Schema = dict[str, Any]

AT_KEY = "at the key"
"""A step in an error's schema path: it is the key that is wrong, not the value."""

_PLACEHOLDER = "REPLACE-"
_WITH_PLACES = frozenset(["environment", "base", "cluster", "composed"])
_TYPES = {
    "string": "text",
    "integer": "a whole number",
    "number": "a number",
    "boolean": "true or false",
    "array": "a list",
    "object": "a map",
    "null": "null",
}
# of several complaints about one value, the first of these is the cause of the others
_ORDER = ("type", "const", "enum", "not", "pattern", "minLength", "maxLength")
_BOUNDS = {
    "minimum": "at least {}",
    "maximum": "at most {}",
    "exclusiveMinimum": "more than {}",
    "exclusiveMaximum": "less than {}",
    "multipleOf": "a multiple of {}",
    "minLength": "at least {} characters",
    "maxLength": "at most {} characters",
    "minItems": "at least {}",
    "maxItems": "at most {}",
    "minProperties": "at least {}",
    "maxProperties": "at most {}",
}


@record
class Talk:
    """Who is spoken to: the author of an overlay (`form` is that of the file) or of a manifest (`form` is empty)."""

    prefix: str
    noun: str
    root: str
    schema: Schema
    form: str = ""

    def label(self, path: Path) -> str:
        """A value by its key: `tolerations[0]`, `clusters.payments`; the whole document by what it is."""
        keys = [at for at, step in enumerate(path) if isinstance(step, str)]
        if not keys:
            return self.root
        label = _short(path[keys[-1]]) + "".join(f"[{index}]" for index in path[keys[-1] + 1 :])
        is_name = self.form and len(keys) > 1 and self.place(path)[-1] == elsewhere.NAME
        return f"{path[keys[-2]]}.{label}" if is_name else label

    def place(self, path: Path) -> tuple[str, ...]:
        """Where in the vocabulary a path is."""
        return elsewhere.place_of(path, self.form, self.schema, self.resolve)

    def resolve(self, schema: Schema) -> Schema:
        """A schema with what its `$ref` names."""
        return resolved(schema, self.schema.get("$defs", {}))


@record
class Problem:
    """A violation; its `rank` among those at its place, and the key that was `meant` by an unknown one."""

    violation: Violation
    rank: int = 0
    meant: str = ""


def names_only(alternatives: Any) -> bool:
    """Whether alternatives say no more than which keys must be there."""
    return all(isinstance(each, dict) and set(each) == {"required"} for each in alternatives)


def problems(error: ValidationError, talk: Talk, validator: Any) -> Iterator[Problem]:
    """What an error of `jsonschema` is about: each key it means, or the value."""
    path: Path = tuple(error.absolute_path)
    schema, value = _as_schema(error), _value(error)
    if error.validator == "additionalProperties":
        for name in value:
            if name not in schema.get("properties", {}):
                yield _unknown(talk, path, name, schema)
    elif error.validator == "required":
        for name in schema["required"]:
            if name not in value:
                yield _missing(talk, path, name, schema)
    elif error.validator is None and path:
        yield _unknown(talk, path[:-1], str(path[-1]), {})
    elif _is_secret(path, value):
        yield _secret(talk, path, error)
    elif error.validator == "type":
        yield _wrong_type(talk, path, error, validator)
    elif error.validator in ("anyOf", "oneOf") and names_only(error.validator_value):
        # what is no map has every key there is to have; its type is told
        if isinstance(value, dict):
            yield _alternatives(talk, path, error)
    else:
        yield _bad_value(talk, path, error, validator)


def _unknown(talk: Talk, path: Path, name: str, schema: Schema) -> Problem:
    if talk.prefix == "manifest" and path == ("metadata",) and name in NEVER_IN_A_FILE:
        message = f"metadata has {name}, which is for objects in a cluster, not in a file"
        return Problem(Violation(message, "Remove it.", (*path, name), "manifest-unknown-key", at_key=True))
    known = list(schema.get("properties", {}))
    hint = did_you_mean(name, known)
    meant = hint.split('"')[1] if hint else ""
    fix = ""
    if talk.form in _WITH_PLACES and not _is_plural(name, meant):
        here = talk.place(path)
        fix = (
            elsewhere.other_file(name, here)
            or elsewhere.other_place(name, here)
            or elsewhere.field_of_resource(name, here)
            or ("" if meant else elsewhere.part_of_resource(name, here))
        )
    if fix or not meant:
        hint, meant = "", ""
        fix = fix or (f"Remove it; known here: {_listed(known)}." if known else "Remove it.")
    message = f'"{_short(name)}" is no {talk.noun} of {talk.label(path)}{hint}'
    fix = fix or f"Write `{meant}`."
    violation = Violation(message, fix, (*path, name), f"{talk.prefix}-unknown-key", at_key=True)
    return Problem(violation, meant=meant)


def _is_plural(name: str, meant: str) -> bool:
    """Whether two words differ by an ending only, so that one is a slip for the other."""
    return bool(meant) and abs(len(name) - len(meant)) < 3 and (name.startswith(meant) or meant.startswith(name))


def _missing(talk: Talk, path: Path, name: str, schema: Schema) -> Problem:
    fix = f"Add `{name}`."
    if talk.form and name in schema.get("properties", {}):
        where = " here or in a base" if talk.form == "composed" else ""
        if where and path[:1] == ("clusters",):
            where += ", or under `defaults` for all clusters"
        fix = f"Add `{name}: {flow(example(schema['properties'][name], talk.resolve))}`{where}."
    return Problem(Violation(f"{talk.label(path)} has no {name}", fix, (*path, name), f"{talk.prefix}-missing-key"))


def _is_secret(path: Path, value: Any) -> bool:
    """Whether what stands there is a secret, or holds one, which no message may show."""
    if isinstance(value, (bool, list, dict)) or value is None or not path:
        return False
    return bool(plain_secrets.find(f"{path[-1]}: {value}"))


def _secret(talk: Talk, path: Path, error: ValidationError) -> Problem:
    kind = "wrong-type" if error.validator == "type" else "bad-value"
    message = f"{talk.label(path)} holds a secret, and is none of what is expected: {_expected(_as_schema(error))}"
    return Problem(Violation(message, "Take the secret out.", path, f"{talk.prefix}-{kind}", is_secret=True))


def _wrong_type(talk: Talk, path: Path, error: ValidationError, validator: Any) -> Problem:
    value, schema, key = _value(error), _as_schema(error), _key(path)
    fits = validator.evolve(schema=schema).is_valid
    guess = repaired(value, fits, usual(schema))
    if guess is None:
        fix = _for_example(talk, path, schema, "pattern")
    elif units := missing_units(value, guess, fits):
        fix = f"Add its unit, {_or(units)}: `{key}{flow(guess)}`."
    elif isinstance(guess, str):
        fix = f"Quote it{', with all its digits' if isinstance(value, float) else ''}: `{key}{show(guess)}`."
    elif isinstance(value, str) and not isinstance(guess, list):
        fix = f"Write `{key}{flow(guess)}`, without quotes."
    else:
        fix = f"Write `{key}{flow(guess)}`."
    message = f"{talk.label(path)} is {_thing(value)}; expected {_expected(schema)}"
    return Problem(Violation(message, fix, path, f"{talk.prefix}-wrong-type"))


def _alternatives(talk: Talk, path: Path, error: ValidationError) -> Problem:
    schema = _as_schema(error)
    names = [name for branch in schema[str(error.validator)] for name in branch["required"]]
    has = [name for name in names if name in _value(error)]
    count = "exactly" if error.validator == "oneOf" else "at least"
    message = f"{talk.label(path)} needs {count} one of {', '.join(names)}; it has {_and(has) or 'none'}"
    if has:
        fix = f"Keep one of them; null removes what lies beneath: `{has[0]}: null`."
    elif talk.form:
        fix = f"Add `{names[0]}: {flow(example(schema['properties'][names[0]], talk.resolve))}`."
    else:
        fix = f"Add {names[0]}."
    return Problem(Violation(message, fix, path, f"{talk.prefix}-bad-value"), len(_ORDER))


def _bad_value(talk: Talk, path: Path, error: ValidationError, validator: Any) -> Problem:
    value, schema, kind = _value(error), _as_schema(error), str(error.validator)
    at_key = AT_KEY in error.absolute_schema_path
    guess = repaired(value, validator.evolve(schema=schema).is_valid, usual(schema))
    hint = did_you_mean(value, _allowed(schema)) if isinstance(value, str) and kind in ("enum", "const") else ""
    if guess is None and kind in ("enum", "const"):
        guess = hint.split('"')[1] if hint else schema.get("const")
    if isinstance(value, str) and _PLACEHOLDER in value:
        message, guess = f"{talk.label(path)} is still the placeholder {show(value)}", None
    elif kind == "not":
        message = f"{'the key' if at_key else talk.label(path)} is {show(value)}, which is reserved"
    else:
        subject = f"{'the key' if at_key else talk.label(path)} is {_measured(value, kind)}"
        message = f"{subject}; expected {_wanted(schema, kind)}{hint}"
    if guess is not None:
        fix = f"Write `{flow(guess)}`." if at_key else f"Write `{_key(path)}{flow(guess)}`."
    else:
        fix = _instead(talk, () if at_key else path, value, schema, kind)
    rank = _ORDER.index(kind) if kind in _ORDER else len(_ORDER)
    return Problem(Violation(message, fix, path, f"{talk.prefix}-bad-value", at_key=at_key), rank)


def _measured(value: Any, kind: str) -> str:
    """A value, or how much of it there is where that is what is wrong."""
    if kind.endswith(("Length", "Items", "Properties")) and kind.startswith(("min", "max")):
        units = {"Length": "characters", "Items": "items", "Properties": "entries"}
        unit = next(unit for end, unit in units.items() if kind.endswith(end))
        return f"{len(value)} {unit} long" if value else "empty"
    return show(value)


def _wanted(schema: Schema, kind: str) -> str:
    """What a keyword of a schema asks for."""
    if kind in ("enum", "const"):
        allowed = _allowed(schema)
        return allowed[0] if len(allowed) == 1 else f"one of {_listed(allowed)}"
    if kind in _BOUNDS:
        return _BOUNDS[kind].format(show(schema[kind]))
    if kind == "uniqueItems":
        return "each item once"
    return _expected(schema) if kind == "pattern" else f"what the schema says under {kind}"


def _expected(schema: Schema) -> str:
    """What kind of value a schema asks for."""
    pattern = schema.get("pattern", "")
    if "x-pggitops-expects" in schema:
        return str(schema["x-pggitops-expects"])
    if "[KMGTPE]i" in pattern:
        return "a Kubernetes quantity, like 8Gi or 500m"
    if pattern:
        return f"text that matches {_short(pattern)}"
    if "enum" in schema:
        return f"one of {_listed(_allowed(schema))}"
    types = schema.get("type", [])
    types = [types] if isinstance(types, str) else [each for each in types if each != "null"] or types
    names = [_TYPES[each] for each in types]
    return _or(names)


def _instead(talk: Talk, path: Path, value: Any, schema: Schema, kind: str) -> str:
    """What to do about a value where nobody can guess what was meant."""
    if kind == "not":
        return "Choose another name."
    if kind == "uniqueItems":
        twice = next(each for at, each in enumerate(value) if each in value[:at])
        return f"Remove the second `{_short(flow(twice))}`."
    return _for_example(talk, path, schema, kind)


def _for_example(talk: Talk, path: Path, schema: Schema, kind: str) -> str:
    """What to write where nobody can guess what was meant; in a manifest there are no examples."""
    if not talk.form:
        return f"Write {_wanted(schema, kind)}."
    value = example(schema, talk.resolve)
    if value == {}:
        return f"Write a map of {_listed(schema['properties'])}." if schema.get("properties") else "Write a map."
    return f"Write, for example, `{_key(path)}{flow(value)}`."


def _thing(value: Any) -> str:
    """A value with what it is, for a reader whom YAML has surprised."""
    if value is None:
        return "null"
    if isinstance(value, (list, dict)):
        return "a list" if isinstance(value, list) else "a map"
    kind = "the text" if isinstance(value, str) else "the word" if isinstance(value, bool) else "the number"
    return f"{kind} {show(value)}"


def _allowed(schema: Schema) -> list[str]:
    values = [schema["const"]] if "const" in schema else schema.get("enum", [])
    return [value if isinstance(value, str) else show(value) for value in values if value is not None]


def _as_schema(error: ValidationError) -> Schema:
    return error.schema if isinstance(error.schema, dict) else {}


def _value(error: ValidationError) -> Any:
    return error.instance


def _key(path: Path) -> str:
    return f"{path[-1]}: " if path and isinstance(path[-1], str) else ""


def _listed(names: Iterable[str]) -> str:
    names = list(names)
    return ", ".join(names[:12]) + (f", … ({len(names)} in all)" if len(names) > 12 else "")


def _or(names: list[str]) -> str:
    return " or ".join([", ".join(names[:-1]), names[-1]] if len(names) > 1 else names)


def _and(names: list[str]) -> str:
    return ", ".join(names[:-1]) + (" and " if len(names) > 1 else "") + names[-1] if names else ""


def _short(name: str | int) -> str:
    text = str(name)
    return text if len(text) <= 40 else text[:39] + "…"
