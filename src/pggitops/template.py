"""Templates: YAML with holes. What they mean, and how they become one Python function each.

A template is valid YAML. A scalar that is one `{{ expression }}` takes the expression's value with its type; a scalar
with text around it takes text; a key whose value is `omit` goes. Jinja2 supplies the expression language. No YAML is
ever made by pasting text.

`compile_python` turns a template into the source of a function, so that rendering neither parses nor imports Jinja2
(`make generate` keeps `templates/compiled.py`); `leaves` gives each hole as a Jinja2 expression, which `trace`
evaluates to see what it reads. The two must agree: `tests/test_template.py`.
"""

from __future__ import annotations

import functools
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import jinja2
from jinja2 import nodes

from pggitops import yamlio
from pggitops.errors import CannotGoOn
from pggitops.parts import FUNCTIONS
from pggitops.record import record

FOLDER = Path(__file__).parent / "templates"

_JINJA = jinja2.Environment(undefined=jinja2.StrictUndefined, autoescape=False)


@record
class Hole:
    """A scalar with expressions: `whole` if it is one expression alone, which then keeps its type."""

    text: str
    parts: tuple[nodes.Expr, ...]
    whole: bool

    @property
    def names(self) -> set[str]:
        """The names it uses."""
        found = (name for part in self.parts for name in (part, *part.find_all(nodes.Name)))
        return {name.name for name in found if isinstance(name, nodes.Name)}

    @property
    def may_omit(self) -> bool:
        """Whether the key may go; said in the expression, so that other maps need no look."""
        return "omit" in self.text


@functools.cache
def names() -> list[str]:
    """The templates of the folder, sorted."""
    return sorted(path.stem for path in FOLDER.glob("*.yaml"))


@functools.cache
def parse(name: str) -> Any:
    """A template as a tree of maps, lists, constants and holes."""
    document, problems = yamlio.load((FOLDER / f"{name}.yaml").read_bytes())
    if problems:
        raise CannotGoOn(f"templates/{name}.yaml: {problems[0].message}")
    return _holes(document)


def _holes(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _holes(item) for key, item in value.items()}
    if isinstance(value, list):
        return [_holes(item) for item in value]
    if isinstance(value, str) and ("{{" in value or "{%" in value):
        body = _JINJA.parse(value).body
        if len(body) != 1 or not isinstance(body[0], nodes.Output):
            raise CannotGoOn(f"{value}: a template holds expressions only")
        parts = tuple(body[0].nodes)
        return Hole(value, parts, len(parts) == 1)
    return value


def leaves(tree: Any, path: tuple[str | int, ...] = ()) -> Iterator[tuple[tuple[str | int, ...], Any]]:
    """Every scalar and hole of a template with its path in the manifest; empty maps and lists count as scalars."""
    if isinstance(tree, dict) and tree:
        for key, item in tree.items():
            yield from leaves(item, (*path, key))
    elif isinstance(tree, list) and tree:
        for index, item in enumerate(tree):
            yield from leaves(item, (*path, index))
    else:
        yield path, tree


def evaluator(hole: Hole) -> Callable[..., Any]:
    """A hole as Jinja2 evaluates it: a function of the names it uses. An undefined name or attribute raises."""
    return _evaluator(hole.text, hole.whole)


@functools.cache
def _evaluator(text: str, whole: bool) -> Callable[..., Any]:
    if whole:
        expression = re.sub(r"^\{\{[-+]?|[-+]?\}\}$", "", text)
        evaluate = _JINJA.compile_expression(expression, undefined_to_none=False)

        def value(**values: Any) -> Any:
            result = evaluate(**values)
            if isinstance(result, jinja2.Undefined):
                # as soon as it is text, it says what is undefined
                str(result)
            return result

        return value
    template = _JINJA.from_string(text)
    return lambda **values: template.render(**values)


_ARGUMENTS = (
    ("delivered", "delivered: DeliveredTarget"),
    ("project", "project: Project"),
    ("folder", "delivery: Delivery, folder: str"),
    ("delivery", "delivery: Delivery"),
    ("secret", "environment: Environment, cluster: Cluster | None, secret: NeededSecret"),
    ("layout", "environment: Environment, cluster: Cluster, layout: Layout"),
    ("cluster", "environment: Environment, cluster: Cluster"),
)
"""What the function of a template takes, by the first of these names that the template uses."""
_OTHERWISE = "environment: Environment, watch: list[str] | None"


def compile_python(name: str) -> str:
    """The source of the function that makes the template's manifest."""
    tree = parse(name)
    used = {name for _, leaf in leaves(tree) if isinstance(leaf, Hole) for name in leaf.names}
    arguments = next((arguments for word, arguments in _ARGUMENTS if word in used), _OTHERWISE)
    return f"def {name.replace('-', '_')}({arguments}) -> dict[str, Any]:\n    return {_python(tree)}\n"


def _python(tree: Any) -> str:
    if isinstance(tree, dict):
        items = ", ".join(f"{key!r}: {_python(item)}" for key, item in tree.items())
        optional = [key for key, item in tree.items() if isinstance(item, Hole) and item.may_omit]
        return f"without_omitted({{{items}}}, {', '.join(map(repr, optional))})" if optional else f"{{{items}}}"
    if isinstance(tree, list):
        return f"[{', '.join(_python(item) for item in tree)}]"
    if isinstance(tree, Hole):
        if tree.whole:
            return _expression(tree.parts[0])
        return " + ".join(
            repr(part.data) if isinstance(part, nodes.TemplateData) else f"str({_expression(part)})"
            for part in tree.parts
        )
    return repr(tree)


def _expression(node: nodes.Node) -> str:
    """A Jinja2 expression as a Python one; what our templates do not use is refused."""
    if isinstance(node, nodes.Output):
        return _expression(node.nodes[0])
    if isinstance(node, nodes.Const):
        return repr(node.value)
    if isinstance(node, nodes.Name):
        function = FUNCTIONS.get(node.name)
        return node.name if function is None else f"{function.__module__.rpartition('.')[2]}.{function.__name__}"
    if isinstance(node, nodes.Getattr):
        return f"{_expression(node.node)}.{node.attr}"
    if isinstance(node, nodes.Call) and not (node.kwargs or node.dyn_args or node.dyn_kwargs):
        return f"{_expression(node.node)}({', '.join(_expression(argument) for argument in node.args)})"
    if isinstance(node, nodes.CondExpr) and node.expr2 is not None:
        chosen, otherwise = _expression(node.expr1), _expression(node.expr2)
        return f"({chosen} if {_expression(node.test)} else {otherwise})"
    if isinstance(node, nodes.Compare) and len(node.ops) == 1 and node.ops[0].op == "eq":
        return f"({_expression(node.expr)} == {_expression(node.ops[0].expr)})"
    raise CannotGoOn(f"a template may not use {type(node).__name__.lower()} expressions")


def compiled_source() -> str:
    """The source of `templates/compiled.py`; names that are neither arguments nor functions are mypy's to find."""
    functions = "\n\n".join(compile_python(name) for name in names())
    modules = sorted({function.__module__ for function in FUNCTIONS.values()})
    imports = "\n".join(f"from {module.rpartition('.')[0]} import {module.rpartition('.')[2]}" for module in modules)
    return f'''"""Made from the templates beside it by `make generate`; edit those."""

from typing import Any

from pggitops.model import Cluster, DeliveredTarget, Delivery, Environment, Layout, Project
{imports}
from pggitops.parts.omission import omit, without_omitted
from pggitops.parts.secrets import NeededSecret


{functions}'''
