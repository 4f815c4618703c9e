"""The rules a CustomResourceDefinition brings with it (`x-kubernetes-validations`, CEL), judged without a server.

Rules are found once per kind and compiled when first needed. A rule that plainly holds (it forbids a key that is not
there, or demands one that is) is told by its form; the CEL engine is loaded for the others only. Where it is, the
object's defaults are filled in first, as the server does.

Source: k8s.io/apiextensions-apiserver 0.36.1, `pkg/apiserver/schema/cel`. Different from there: an unchanged part of an
old object is judged like a new one, for it must be accepted by a fresh cluster too; values with a format (date-time,
duration, byte) are plain text, and of Kubernetes' own functions none is known: a rule that needs one is told of as not
judged.
"""

from __future__ import annotations

import functools
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import field
from typing import Any

from pggitops.findings import Path, Severity, Violation
from pggitops.kinds import resolved
from pggitops.record import mutable, record
from pggitops.schema.defaults import with_defaults
from pggitops.schema.native import label
from pggitops.schema.wording import words

Schema = Mapping[str, Any]

BROKEN = "manifest-rule-broken"
NOT_JUDGED = "manifest-rule-not-judged"

_ABSENT = r"!has\(self\.(\w+)\)"
_PRESENT = r"has\(self\.(\w+)\)"
_FILLED = r"\(has\(self\.([\w.]+)\) && size\(self\.\1\) > 0\)"
_AT_LEAST = r"self\.(\w+) >= ([0-9]+)"
_TEXT = r"'[^'\\]*'|\"[^\"\\]*\""


@record
class Rule:
    """One rule; `plain` tells of a value that it surely holds, `uses_old` whether it compares with what was."""

    text: str
    message: str
    message_expression: str
    field_path: str
    optional_old: bool
    uses_old: bool
    plain: Callable[[Mapping[str, Any]], bool]


@mutable
class Node:
    """The rules at one place of a kind's objects, and beneath it.

    `appears` are the keys that a default brings in, with rules beneath. `keys` are those by which items of a list and
    their old form belong together; None where nothing in the list has one.
    """

    rules: list[Rule] = field(default_factory=list)
    properties: dict[str, Node] = field(default_factory=dict)
    items: Node | None = None
    others: Node | None = None
    appears: set[str] = field(default_factory=set)
    keys: tuple[str, ...] | None = None
    is_atomic: bool = False


def tree(schema: Schema) -> Node | None:
    """The places of a kind that have rules; None if it has none at all."""
    return _node(schema, schema.get("definitions", {}), {})


def violations(root: Node, schema: Schema, document: dict[str, Any], old: Any = None) -> Iterator[Violation]:
    """The rules an object breaks that its schema takes; `old` is what it was before, if that is known."""
    definitions = schema.get("definitions", {})
    document = with_defaults(document, schema, definitions)
    old = None if old is None else with_defaults(old, schema, definitions)
    for path, rule, value, before in _places(root, document, old, ()):
        if before is None and rule.uses_old and not rule.optional_old:
            continue
        if not rule.plain(value if isinstance(value, dict) else {}):
            yield from _judge(rule, value, before, path)


def hold(node: Node, value: Any) -> bool:
    """Whether all rules plainly hold; a default that brings in rules is a reason to look closer."""
    if isinstance(value, dict):
        for rule in node.rules:
            if not rule.plain(value) and (rule.optional_old or not rule.uses_old):
                return False
        if not node.appears <= value.keys():
            return False
        # where there is no place for other keys, there are fewer places than keys
        others = node.others
        for key in value if others is not None else node.properties:
            each, below = value.get(key), node.properties.get(key, others)
            if each is not None and below is not None and not hold(below, each):
                return False
        return True
    if not all(rule.uses_old and not rule.optional_old for rule in node.rules):
        return False
    return not isinstance(value, list) or node.items is None or all(hold(node.items, each) for each in value)


def _places(node: Node, value: Any, old: Any, path: Path) -> Iterator[tuple[Path, Rule, Any, Any]]:
    if value is None:
        return
    for rule in node.rules:
        yield path, rule, value, old
    if isinstance(value, dict):
        before = old if isinstance(old, dict) and not node.is_atomic else {}
        for key, each in value.items():
            below = node.properties.get(key, node.others)
            if below is not None:
                yield from _places(below, each, before.get(key), (*path, key))
    elif isinstance(value, list) and node.items is not None:
        known = {_key(each, node.keys): each for each in old} if isinstance(old, list) and node.keys else {}
        for index, each in enumerate(value):
            yield from _places(node.items, each, known.get(_key(each, node.keys)), (*path, index))


def _key(item: Any, keys: tuple[str, ...] | None) -> Any:
    return tuple(item.get(key) for key in keys) if keys and isinstance(item, dict) else None


# ---- from the schema ----


_BRANCH = frozenset({"properties", "items", "additionalProperties", "$ref", "allOf", "x-kubernetes-validations"})
"""Without one of these words a schema has no rule in it."""


def _node(schema: Schema, definitions: Mapping[str, Any], known: dict[str, Node | None]) -> Node | None:
    reference = schema.get("$ref")
    if reference is None:
        return _read(schema, definitions, known)
    if reference not in known:
        known[reference] = _read(resolved(dict(schema), definitions), definitions, known)
    return known[reference]


def _read(schema: Schema, definitions: Mapping[str, Any], known: dict[str, Node | None]) -> Node | None:
    properties = schema.get("properties", {})
    read = {name: _node(part, definitions, known) for name, part in properties.items() if not _BRANCH.isdisjoint(part)}
    below = {name: node for name, node in read.items() if node is not None}
    items, others = schema.get("items"), schema.get("additionalProperties")
    items = _node(items, definitions, known) if isinstance(items, dict) else None
    others = _node(others, definitions, known) if isinstance(others, dict) else None
    written = _written(schema, definitions)
    if not (written or below or items or others):
        return None
    defaulted = {name for name, part in properties.items() if "default" in resolved(part, definitions)}
    keys = tuple(schema["x-kubernetes-list-map-keys"]) if schema.get("x-kubernetes-list-type") == "map" else None
    is_atomic = schema.get("x-kubernetes-map-type") == "atomic"
    rules = [_rule(each, defaulted) for each in written]
    return Node(rules, below, items, others, defaulted & below.keys(), keys, is_atomic)


def _written(schema: Schema, definitions: Mapping[str, Any]) -> list[dict[str, Any]]:
    """The rules at a place, also those in an `allOf` there."""
    rules = list(schema.get("x-kubernetes-validations", ()))
    for branch in schema.get("allOf", ()):
        rules += _written(resolved(branch, definitions), definitions)
    return rules


def _rule(written: Mapping[str, Any], defaulted: set[str]) -> Rule:
    text = str(written["rule"])
    return Rule(
        text,
        str(written.get("message", "")),
        str(written.get("messageExpression", "")),
        str(written.get("fieldPath", "")),
        bool(written.get("optionalOldSelf")),
        bool(re.search(r"\boldSelf\b", re.sub(_TEXT, "", text))),
        _plain(text, defaulted),
    )


def _alternatives(text: str) -> tuple[str, ...]:
    """The parts of a rule of which one is enough, or nothing where its form is not that simple."""
    depth, parts, begin = 0, [], 0
    bare = re.sub(_TEXT, lambda found: "_" * len(found[0]), text)
    if "?" in bare or "'" in bare or '"' in bare:
        return ()
    for at, letter in enumerate(bare):
        depth += {"(": 1, "[": 1, "{": 1, ")": -1, "]": -1, "}": -1}.get(letter, 0)
        if depth == 0 and bare[at : at + 2] == "||":
            parts.append(text[begin:at].strip())
            begin = at + 2
    return (*parts, text[begin:].strip())


def _plain(text: str, defaulted: set[str]) -> Callable[[Mapping[str, Any]], bool]:
    """A test whether one of a rule's alternatives is seen to hold without an engine; no is no answer."""
    tests = [test for each in _alternatives(text) if (test := _test(each, defaulted))]

    def holds(value: Mapping[str, Any]) -> bool:
        for test in tests:  # noqa: SIM110  # any() takes twice as long
            if test(value):
                return True
        return False

    return holds


def _test(text: str, defaulted: set[str]) -> Callable[[Mapping[str, Any]], object] | None:
    """The test of one alternative; None for a form that needs the engine."""
    absent = [re.fullmatch(_ABSENT, part.strip()) for part in text.split("&&")]
    if "__" not in text and all(found and found[1] not in defaulted for found in absent):
        names = frozenset(found[1] for found in absent if found)
        return lambda value: names.isdisjoint(value)
    if found := re.fullmatch(_PRESENT, text):
        name = found[1]
        return lambda value: value.get(name) is not None
    if found := re.fullmatch(_AT_LEAST, text):
        name, least = found[1], int(found[2])
        return lambda value: isinstance(value.get(name), int) and value[name] >= least
    if found := re.fullmatch(_FILLED, text):
        path = found[1]
        return lambda value: _reached(value, path)
    return None


def _reached(value: Any, names: str) -> Any:
    for name in names.split("."):
        value = value.get(name) if isinstance(value, dict) else None
    return value


# ---- the engine ----


@functools.cache
def _environment() -> Any:
    from cel_expr_python import cel
    from cel_expr_python.ext import ext_bindings, ext_math, ext_optional, ext_strings

    extensions = [ext_bindings.ExtBindings(), ext_math.ExtMath(), ext_optional.ExtOptional(), ext_strings.ExtStrings()]
    return cel.NewEnv(variables={"self": cel.Type.DYN, "oldSelf": cel.Type.DYN}, extensions=extensions)


@functools.cache
def _program(text: str) -> Any:
    """A compiled expression; None for one that needs what the engine does not have."""
    try:
        return _environment().compile(text)
    except RuntimeError:
        return None


def evaluate(text: str, value: Any, old: Any = None) -> Any:
    """What a CEL expression yields of `self` and `oldSelf`.

    Raises LookupError if the engine lacks what it needs, ArithmeticError where it fails on these values.
    """
    # a name with two underscores stands for one CEL could not say
    program = None if "__" in text else _program(text)
    if program is None:
        raise LookupError(text)
    result = program.eval(data={"self": value, "oldSelf": old})
    if result.type().name() == "ERROR":
        raise ArithmeticError(str(result.value()))
    return result.plain_value()


def _judge(rule: Rule, value: Any, old: Any, path: Path) -> Iterator[Violation]:
    text = rule.text
    if rule.optional_old:
        text = f"cel.bind(oldSelf, {'optional.none()' if old is None else 'optional.of(oldSelf)'}, {text})"
    try:
        holds = evaluate(text, value, old) is True
    except ArithmeticError:
        holds = False
    except LookupError:
        message = f"nobody has judged {label(path)} by the rule `{rule.text}`: it uses functions only an API server has"
        yield Violation(message, "Try it on a server before you merge.", path, NOT_JUDGED, severity=Severity.INFO)
        return
    if not holds:
        yield _violation(rule, value, old, path)


def _violation(rule: Rule, value: Any, old: Any, path: Path) -> Violation:
    said = _message(rule, value, old)
    message, fix, steps, at_key = words(rule.text, said, label(path), value, old)
    return Violation(message, fix, (*path, *(steps or _steps(rule.field_path))), BROKEN, at_key=at_key)


def _message(rule: Rule, value: Any, old: Any) -> str:
    if rule.message_expression:
        try:
            said = evaluate(rule.message_expression, value, old)
        except (LookupError, ArithmeticError):
            said = ""
        if isinstance(said, str) and said.strip() and "\n" not in said.strip():
            return said.strip()
    return rule.message.strip()


def _steps(field_path: str) -> Path:
    """The steps of a rule's `fieldPath`: `.spec.x`, `.labels['a.b']`."""
    return tuple(name or quoted for name, quoted in re.findall(r"\.([^.\[\]]+)|\['([^']*)'\]", field_path))
