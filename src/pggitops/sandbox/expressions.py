"""What a user's expression can do: read the documents, compute a little, and nothing else.

Jinja2's sandbox is the ground; on it, everything is refused that is not listed here. Attributes are keys of maps and a
few methods that change nothing; filters and tests are those that always give the same for the same, and cannot reach
an attribute by name; results are bounded. What is slow or greedy beyond that meets the limits of the process.
"""

from __future__ import annotations

import json
import math
import re
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from jinja2 import StrictUndefined, TemplateSyntaxError, Undefined, UndefinedError, nodes
from jinja2.exceptions import SecurityError
from jinja2.filters import FILTERS
from jinja2.parser import Parser
from jinja2.runtime import Context
from jinja2.sandbox import SandboxedEnvironment
from jinja2.tests import TESTS
from jinja2.utils import missing

from pggitops.findings import did_you_mean

MAX_SOURCE = 10_000
"""Characters of an expression."""
MAX_LENGTH = 100_000
"""Characters or items of what an operator or `range` gives."""
MAX_NESTING = 64
_MAX_BITS = 64

NAMES = frozenset(["environment", "cluster", "namespace", "omit", "range"])
_FILTERS = frozenset(
    [
        *("abs", "capitalize", "count", "d", "default", "dictsort", "first", "float", "format", "int", "items", "join"),
        *(
            "last",
            "length",
            "list",
            "lower",
            "map",
            "max",
            "min",
            "reject",
            "rejectattr",
            "replace",
            "reverse",
            "round",
        ),
        *("select", "selectattr", "sort", "string", "sum", "title", "tojson", "trim", "truncate", "unique", "upper"),
        "urlencode",
    ]
)
_TESTS = frozenset(set(TESTS) - {"callable", "escaped", "filter", "sameas", "test"})
_METHODS: dict[type, frozenset[str]] = {
    str: frozenset(
        [
            *("capitalize", "count", "endswith", "find", "isalnum", "isalpha", "isdigit", "join", "lower", "lstrip"),
            *("partition", "removeprefix", "removesuffix", "replace", "rpartition", "rsplit", "rstrip", "split"),
            *("splitlines", "startswith", "strip", "title", "upper"),
        ]
    ),
    dict: frozenset(["get", "items", "keys", "values"]),
    list: frozenset(["count", "index"]),
}
_QUICK = (nodes.Name, nodes.Const, nodes.Getattr, nodes.Getitem, nodes.CondExpr, nodes.Not, nodes.And, nodes.Or)
_METHODS_SAID = f"Use keys of the documents, filters, or of texts: {', '.join(sorted(_METHODS[str]))}."
_FORMAT = re.compile(r"%(?:\([^)]*\))?[-#0 +]*(\*|[0-9]*)(?:\.(\*|[0-9]*))?")


class Refused(Exception):
    """An expression cannot be had; `id` is the finding's `template-…`."""

    def __init__(self, id: str, message: str, fix: str) -> None:
        super().__init__(message)
        self.id = id
        self.fix = fix


class _Omit:
    """The one value of its kind."""

    def __repr__(self) -> str:
        return "omit"


OMIT = _Omit()


class _Missing(StrictUndefined):
    """What is not there, and what may have been meant."""

    __slots__ = ()

    @property
    def _undefined_message(self) -> str:
        name, owner = self._undefined_name, self._undefined_obj
        if self._undefined_hint:
            return self._undefined_hint
        if owner is missing:
            return f'"{name}" is not defined here'
        if isinstance(owner, dict):
            return f'there is no "{name}"{did_you_mean(str(name), map(str, owner))}'
        if isinstance(owner, list) and isinstance(name, int):
            return f"there is no item {name}, the list has {len(owner)}"
        return f'{_kind(owner)} has no "{name}"'


class _Expressions(SandboxedEnvironment):
    """Jinja2 without what a template of objects does not need."""

    intercepted_binops = frozenset(["*", "+", "%"])

    def getattr(self, obj: Any, attribute: str) -> Any:
        """A key of a map, or a method that is allowed."""
        if isinstance(obj, Undefined):
            str(obj)
        if isinstance(obj, dict) and attribute in obj:
            return obj[attribute]
        if attribute in _METHODS.get(type(obj), ()):
            return getattr(obj, attribute)
        if attribute.startswith("_") or (hasattr(obj, attribute) and not isinstance(obj, dict)):
            raise SecurityError(f'"{attribute}" of {_kind(obj)} is not allowed')
        return self.undefined(obj=obj, name=attribute)

    def getitem(self, obj: Any, argument: Any) -> Any:
        """A key of a map or an item of a list or text; never an attribute."""
        if isinstance(obj, Undefined):
            str(obj)
        try:
            return obj[argument]
        except (TypeError, LookupError):
            return self.undefined(obj=obj, name=argument)

    def call_binop(self, context: Context, operator: str, left: Any, right: Any) -> Any:
        """`*`, `+` and `%`, where the result does not grow too large."""
        if operator == "*":
            _check_product(left, right)
        elif operator == "+" and isinstance(left, str | list | tuple) and isinstance(right, str | list | tuple):
            _check_length(len(left) + len(right))
        elif operator == "%" and isinstance(left, str):
            _check_format(left)
        return super().call_binop(context, operator, left, right)


def _check_product(left: Any, right: Any) -> None:
    if isinstance(left, int) and isinstance(right, int):
        if left.bit_length() + right.bit_length() > 2 * _MAX_BITS:
            raise _too_large("the number has more than 128 bits")
    elif isinstance(left, int) and isinstance(right, str | list | tuple):
        _check_length(left * len(right))
    elif isinstance(right, int) and isinstance(left, str | list | tuple):
        _check_length(right * len(left))


def _check_length(length: int) -> None:
    if length > MAX_LENGTH:
        raise _too_large(f"the result has more than {MAX_LENGTH:,} characters or items")


def _check_format(text: str) -> None:
    for match in _FORMAT.finditer(text):
        if any(width == "*" or len(width or "") > 3 for width in match.groups()):
            raise _too_large(f"{match[0]} asks for a width that is not bounded")


def _too_large(message: str) -> Refused:
    return Refused("template-too-large", message, "Make the value smaller, or put it into manifests/ as it is.")


def _format(value: Any, *arguments: Any, **named: Any) -> str:
    """The filter `format`, with the bounds of `%`."""
    if arguments and named:
        raise TypeError("format takes values by place or by name, not both")
    _check_format(str(value))
    return str(value) % (named or arguments)


def _to_json(value: Any) -> str:
    """The filter `tojson`: JSON as it is, not as a web page would want it."""
    return json.dumps(plain(value, Budget(MAX_LENGTH)), ensure_ascii=False)


def _range(*arguments: int) -> range:
    result = range(*arguments)
    # the length of a range may be too large even to be asked for
    if len(result[: MAX_LENGTH + 1]) > MAX_LENGTH:
        raise _too_large(f"range gives more than {MAX_LENGTH:,} numbers")
    return result


def _environment() -> _Expressions:
    # nothing is evaluated while compiling, where no announcement would tell which hole it was
    environment = _Expressions(undefined=_Missing, optimized=False, autoescape=False, keep_trailing_newline=True)
    environment.filters = {name: FILTERS[name] for name in sorted(_FILTERS)}
    environment.filters |= {"format": _format, "tojson": _to_json}
    environment.tests = {name: TESTS[name] for name in sorted(_TESTS)}
    environment.globals = {"range": _range}
    return environment


_ENVIRONMENT = _environment()


def split(text: str) -> list[tuple[bool, str]]:
    """A scalar's pieces in their order: texts, and (True, source) for expressions. Refused for anything else."""
    pieces: list[tuple[bool, str]] = []
    source: list[str] | None = None
    try:
        for _, token, value in _ENVIRONMENT.lex(text):
            if token == "variable_begin":
                source = []
            elif token == "variable_end" and source is not None:
                pieces.append((True, "".join(source).strip()))
                source = None
            elif source is not None:
                source.append(value)
            elif token == "data":
                pieces.append((False, value))
            else:
                raise _no_expression(token)
    except TemplateSyntaxError as error:
        raise _syntax(error) from error
    if source is not None:
        raise Refused("template-syntax", "the hole is not closed", 'Close it with "}}".')
    return pieces


def _no_expression(token: str) -> Refused:
    if token.startswith("comment"):
        return Refused("template-syntax", "a comment ({# … #})", "Write a YAML comment.")
    fix = "Use an expression: {{ a if condition else omit }}; a list comes from filters such as map and select."
    return Refused("template-syntax", "a statement ({% … %}): a template holds expressions only", fix)


def _syntax(error: TemplateSyntaxError) -> Refused:
    fix = "Correct the expression; to write braces as they are, put them into a string: {{ '{{' }}."
    message = str(error.message)
    for said in ("end of template", "end of print statement"):
        message = message.replace(said, "end of the expression")
    return Refused("template-syntax", f"not an expression: {message}", fix)


def _parsed(source: str) -> list[nodes.Expr]:
    """An expression and all those in it. No braces are put around it, so that no complaint speaks of them."""
    parser = Parser(_ENVIRONMENT, source, state="variable")
    tree = parser.parse_expression()
    if not parser.stream.eos:
        parser.fail(f"{parser.stream.current.value!r} stands after its end")
    return [tree, *tree.find_all(nodes.Expr)]


def compiled(source: str, names: frozenset[str] = NAMES) -> Callable[..., Any]:
    """An expression as a function of the names it may use. Refused if it is none, or uses what is not allowed."""
    if len(source) > MAX_SOURCE:
        raise _too_large(f"the expression has more than {MAX_SOURCE:,} characters")
    if not source.strip():
        raise Refused("template-syntax", "there is no expression", "Write one, or remove the braces.")
    try:
        for node in _parsed(source):
            _check_node(node, names)
        return _ENVIRONMENT.compile_expression(source, undefined_to_none=False)
    except TemplateSyntaxError as error:
        raise _syntax(error) from error
    except (RecursionError, MemoryError, SyntaxError) as error:
        raise Refused("template-too-large", "the expression is nested too deep", "Make it simpler.") from error
    except ValueError as error:
        raise Refused("template-syntax", f"not an expression: {error}", "Correct the expression.") from error


def is_quick(source: str) -> bool:
    """Whether an expression that compiles only looks something up: nothing in it can take long or much."""
    return all(isinstance(node, _QUICK) for node in _parsed(source))


def _check_node(node: nodes.Expr, names: frozenset[str]) -> None:
    if isinstance(node, nodes.Name) and node.name not in names:
        raise _undefined(f'"{node.name}" is not defined{did_you_mean(node.name, names)}')
    if isinstance(node, nodes.Getattr) and node.attr.startswith("_"):
        raise _forbidden(f'the attribute "{node.attr}" is not allowed', "Use the keys of the documents.")
    if isinstance(node, nodes.Pow):
        raise _forbidden("the operator ** is not allowed", "Write the number out.")
    if isinstance(node, nodes.CondExpr) and node.expr2 is None:
        raise Refused("template-syntax", "an if without else", "Say what it is otherwise: else omit.")
    if isinstance(node, nodes.Filter):
        _check_listed("filter", node.name, _FILTERS, FILTERS)
    if isinstance(node, nodes.Test):
        _check_listed("test", node.name, _TESTS, TESTS)


def _check_listed(kind: str, name: str, allowed: Iterable[str], known: Mapping[str, Any]) -> None:
    if name not in allowed:
        fix = f"Use one of: {', '.join(sorted(allowed))}."
        if name in known:
            raise _forbidden(f'the {kind} "{name}" is not allowed', fix)
        raise Refused("template-syntax", f'there is no {kind} "{name}"{did_you_mean(name, allowed)}', fix)


def _forbidden(message: str, fix: str) -> Refused:
    return Refused("template-forbidden", message, fix)


def _undefined(message: str) -> Refused:
    fix = "Correct the name; where it may be missing, write: | default(omit)."
    # of the names that pass the check, only this one may be missing
    if message == '"cluster" is not defined here':
        fix = "Move the template to templates/cluster, where it is rendered for each cluster."
    return Refused("template-undefined", message, fix)


def evaluated(expression: Callable[..., Any], variables: Mapping[str, Any], budget: Budget) -> Any:
    """The expression's value as maps, lists and scalars, or `OMIT`. Refused if it has none."""
    try:
        return plain(expression(**variables), budget)
    except Refused:
        raise
    except UndefinedError as error:
        raise _undefined(str(error.message)) from error
    except SecurityError as error:
        raise _forbidden(str(error), _METHODS_SAID) from error
    except (MemoryError, OverflowError) as error:
        raise _too_large("the value needs more memory than a template may have") from error
    except RecursionError as error:
        raise _too_large("the value is nested too deep") from error
    except Exception as error:
        said = str(error)[:300] or type(error).__name__
        raise Refused("template-failed", said, "Correct the expression, or the value it reads.") from error


class Budget:
    """How many bytes of text, and items, an object may still have."""

    def __init__(self, size: int) -> None:
        self.left = size

    def take(self, size: int) -> None:
        """Use some of it. Refused when nothing is left."""
        self.left -= size
        if self.left < 0:
            raise _too_large("the object has grown too large")


def plain(value: Any, budget: Budget, depth: int = 0) -> Any:
    """A value as maps, lists and scalars, or `OMIT`; omitted items are gone. Refused if it cannot be such a value."""
    if depth > MAX_NESTING:
        raise _too_large(f"the value has more than {MAX_NESTING} levels")
    budget.take(1)
    if value is None or value is OMIT or isinstance(value, bool):
        return value
    if isinstance(value, str):
        return _text(value, budget)
    if isinstance(value, int | float):
        return _number(value)
    if isinstance(value, Undefined):
        str(value)
    if isinstance(value, dict):
        items = ((_key(key, budget), plain(item, budget, depth + 1)) for key, item in value.items())
        return {key: item for key, item in items if item is not OMIT}
    if isinstance(value, Iterable) and not isinstance(value, bytes):
        return [item for item in (plain(each, budget, depth + 1) for each in value) if item is not OMIT]
    raise Refused("template-failed", f"the expression gives {_kind(value)}, not a value", "Call it, or leave it out.")


def _text(value: str, budget: Budget) -> str:
    try:
        budget.take(len(value) if value.isascii() else len(value.encode("utf-8")))
    except UnicodeEncodeError:
        fix = "Write the whole character."
        raise Refused("template-failed", "the text holds half a character (a surrogate)", fix) from None
    return str(value)


def _key(key: Any, budget: Budget) -> str:
    if not isinstance(key, str):
        raise Refused("template-failed", f"a key is {_kind(key)}", "Make it a text: key | string.")
    return _text(key, budget)


def _number(value: int | float) -> int | float:
    if isinstance(value, int) and value.bit_length() > _MAX_BITS:
        raise _too_large(f"the number has more than {_MAX_BITS} bits")
    if isinstance(value, float) and not math.isfinite(value):
        raise Refused("template-failed", f"{value} is no number a manifest can hold", "Give a finite number.")
    return value


def _kind(value: Any) -> str:
    """What a value is, in the words of somebody who writes YAML."""
    if value is None:
        return "null"
    if value is OMIT:
        return "omit"
    words = {str: "a text", bool: "a boolean", int: "a number", float: "a number", dict: "a map"}
    if type(value) in words:
        return words[type(value)]
    return "a function" if callable(value) else "a list" if isinstance(value, Iterable) else "something else"


def as_text(value: Any) -> str:
    """A value as part of a text. Refused for what has no text of its own."""
    if isinstance(value, str):
        return value
    if isinstance(value, bool | int | float):
        return json.dumps(value)
    fix = "Use | join(', ') or | tojson, or let the expression stand alone."
    raise Refused("template-failed", f"{_kind(value)} cannot be part of a text", fix)
