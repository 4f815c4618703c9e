"""`templates/texts.py`: the file of each template's object, with what the template says of it already text."""

from __future__ import annotations

import keyword
import re
import types
import typing
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from jinja2 import nodes

from pggitops import render, template, yamlio
from pggitops.parts import FUNCTIONS
from pggitops.template import Hole
from pggitops.templates import compiled

_HEAD = '''"""Made from the templates beside it by `make generate`; edit those.

Each function gives the file of the object that the template of its name has made: the header, then what `yamlio.dump`
writes.
"""

from collections.abc import Callable
from typing import Any

from pggitops.yamlio import field, optional, scalar, written

'''


def texts() -> str:
    """The module's source, not yet in the form that the linter asks for."""
    functions = "\n\n".join(_Writer(_arguments(name)).source(name) for name in _written())
    table = "".join(f"    {name!r}: {_identifier(name)},\n" for name in _written())
    table = f"WRITERS: dict[str, Callable[[dict[str, Any]], str]] = {{\n{table}}}\n"
    return f'{_HEAD}\n{functions}\n\n{table}"""By the name of the template."""\n'


def _written() -> list[str]:
    """The templates that are rendered for each environment: only there does it pay."""
    of_environment = (*render.ENVIRONMENT_TEMPLATES, *render.OPERATOR_TEMPLATES, *render.CLUSTER_TEMPLATES)
    found = {one.name for one in (*of_environment, render.SECRET_TEMPLATE)}
    return sorted(found.union(one.name for engine in render.DELIVERY_TEMPLATES.values() for one in engine))


@dataclass
class _Writer:
    """The body of one function on its way: what finds the holes' values, and the pieces of the text."""

    arguments: Mapping[str, Any]
    found: dict[str, str] = field(default_factory=dict)
    pieces: list[str] = field(default_factory=list)

    def source(self, name: str) -> str:
        """The function of a template."""
        self._constant(render.HEADER.splitlines())
        self._map(template.parse(name), "document", "", "")
        lines = [*(f"{name} = {value}" for name, value in self.found.items()), "return (", *self.pieces, ")"]
        body = "".join(f"    {line}\n" for line in lines)
        return f"def {_identifier(name)}(document: dict[str, Any]) -> str:\n{body}"

    def _map(self, tree: dict[str, Any], variable: str, first: str, indent: str) -> None:
        """A map that is the value of the variable; `first` stands before its first key, `indent` before the others."""
        lead = first
        for key, item in tree.items():
            before = f"{lead}{yamlio.quote(key)}:"
            if not _has_hole(item):
                beginning, *others = _lines({key: item}, indent)
                self._constant([lead + beginning.removeprefix(indent), *others])
            elif not _is_frame(item):
                self._field(before, item, variable, key, indent)
            elif isinstance(item, dict):
                self._constant([before])
                self._map(item, self._value(variable, key), indent + "  ", indent + "  ")
            else:
                self._constant([before])
                self._list(item, self._value(variable, key), indent)
            lead = indent

    def _field(self, before: str, item: Any, variable: str, key: str, indent: str) -> None:
        value = f"{variable}[{key!r}]"
        if isinstance(item, Hole) and item.may_omit:
            self._expression(f"optional({before!r}, {variable}, {key!r}, {indent!r})")
        elif isinstance(item, Hole) and _is_scalar(item, self.arguments):
            self._constant([f"{before} "], "")
            self._expression(f"written({value}) or scalar({value}, {indent!r})")
            self._constant([""])
        else:
            self._expression(f"field({before!r}, {value}, {indent!r})")

    def _expression(self, source: str) -> None:
        self.pieces.append(f"f'''{{{source}}}'''")

    def _list(self, tree: list[Any], variable: str, indent: str) -> None:
        for index, item in enumerate(tree):
            if _has_hole(item):
                self._map(item, self._value(variable, index), f"{indent}- ", f"{indent}  ")
            else:
                self._constant(_lines([item], indent))

    def _value(self, variable: str, step: str | int) -> str:
        name = _identifier(str(step)) if isinstance(step, str) else f"{variable}_{step}"
        if name in self.found:
            name = f"{variable}_{name}"
        self.found[name] = f"{variable}[{step!r}]"
        return name

    def _constant(self, lines: Iterable[str], end: str = "\n") -> None:
        self.pieces += [repr(f"{line}{end}") for line in lines]


def _lines(value: Any, indent: str) -> list[str]:
    lines = yamlio.dump(value).removesuffix("\n").split("\n")
    return [line and indent + line for line in lines]


def _has_hole(tree: Any) -> bool:
    return any(isinstance(leaf, Hole) for _, leaf in template.leaves(tree))


def _is_frame(tree: Any) -> bool:
    """Whether the keys of a map, or the items of a list, are written one by one: what a map begins with is there."""
    if isinstance(tree, dict):
        first = next(iter(tree.values()))
        return not (isinstance(first, Hole) and first.may_omit)
    if isinstance(tree, list):
        return all(isinstance(item, dict) and _is_frame(item) for item in tree if _has_hole(item))
    return False


def _arguments(name: str) -> Mapping[str, Any]:
    """The types of what a template's holes speak of."""
    return typing.get_type_hints(getattr(compiled, _identifier(name)))


def _is_scalar(hole: Hole, arguments: Mapping[str, Any]) -> bool:
    """Whether what a hole gives is surely no map and no list."""
    return not hole.whole or all(one in (str, int, float, bool, None) for one in _types(hole.parts[0], arguments))


def _types(node: nodes.Node, arguments: Mapping[str, Any]) -> set[Any]:
    """What the value of an expression may be; `Any` where that is not known, None for nothing."""
    found: Any = Any
    if isinstance(node, nodes.Compare):
        found = bool
    elif isinstance(node, nodes.Const):
        found = type(node.value)
    elif isinstance(node, nodes.CondExpr) and node.expr2 is not None:
        return _types(node.expr1, arguments) | _types(node.expr2, arguments)
    elif isinstance(node, nodes.Name):
        found = arguments.get(node.name, Any)
    elif isinstance(node, nodes.Call) and isinstance(node.node, nodes.Name):
        found = typing.get_type_hints(FUNCTIONS[node.node.name]).get("return", Any)
    elif isinstance(node, nodes.Getattr):
        return {one for kind in _types(node.node, arguments) for one in _types_of(kind, node.attr)}
    return _alternatives(found)


def _types_of(kind: Any, name: str) -> set[Any]:
    attribute = getattr(kind, name, None)
    described = attribute.fget if isinstance(attribute, property) else kind
    return _alternatives(typing.get_type_hints(described).get("return" if described is not kind else name, Any))


def _alternatives(hint: Any) -> set[Any]:
    """The types of a union, each alone; a type of which only some values are allowed is that of the values."""
    origin, parts = typing.get_origin(hint), typing.get_args(hint)
    if origin is typing.Literal:
        return {type(part) for part in parts}
    if origin in (types.UnionType, typing.Union):
        return {one for part in parts for one in _alternatives(part)}
    return {None if hint is types.NoneType else hint}


def _identifier(text: str) -> str:
    name = re.sub(r"\W", "_", text)
    return f"{name}_" if keyword.iskeyword(name) else name
