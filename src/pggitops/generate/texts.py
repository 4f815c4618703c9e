"""`templates/texts.py`: how the object of each template is written, with what the template says of it already text."""

from __future__ import annotations

import keyword
import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from pggitops import render, template, yamlio
from pggitops.template import Hole

_HEAD = '''"""Made from the templates beside it by `make generate`; edit those.

Each function writes the object that the template of its name has made, as `yamlio.dump` does.
"""

from collections.abc import Callable
from typing import Any

from pggitops.yamlio import field, optional

'''


def texts() -> str:
    """The module's source, not yet in the form that the linter asks for."""
    functions = "\n\n".join(_Writer().source(name) for name in _written())
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

    found: dict[str, str] = field(default_factory=dict)
    pieces: list[str] = field(default_factory=list)

    def source(self, name: str) -> str:
        """The function of a template."""
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
                first, *others = _lines({key: item})
                self._constant([lead + first, *(indent + line for line in others)])
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
        if isinstance(item, Hole) and item.may_omit:
            written = f"optional({before!r}, {variable}, {key!r}, {indent!r})"
        else:
            written = f"field({before!r}, {variable}[{key!r}], {indent!r})"
        self.pieces.append(f"f'''{{{written}}}'''")

    def _list(self, tree: list[Any], variable: str, indent: str) -> None:
        for index, item in enumerate(tree):
            if _has_hole(item):
                self._map(item, self._value(variable, index), f"{indent}- ", f"{indent}  ")
            else:
                self._constant(indent + line for line in _lines([item]))

    def _value(self, variable: str, step: str | int) -> str:
        name = _identifier(str(step)) if isinstance(step, str) else f"{variable}_{step}"
        if name in self.found:
            name = f"{variable}_{name}"
        self.found[name] = f"{variable}[{step!r}]"
        return name

    def _constant(self, lines: Iterable[str]) -> None:
        self.pieces += [repr(f"{line}\n") for line in lines]


def _lines(value: Any) -> list[str]:
    return yamlio.dump(value).removesuffix("\n").split("\n")


def _has_hole(tree: Any) -> bool:
    return any(isinstance(leaf, Hole) for _, leaf in template.leaves(tree))


def _is_frame(tree: Any) -> bool:
    """Whether the keys of a map, or the items of a list, are always there, and written one by one."""
    if isinstance(tree, dict):
        return not all(isinstance(item, Hole) and item.may_omit for item in tree.values())
    return isinstance(tree, list) and all(isinstance(item, dict) for item in tree if _has_hole(item))


def _identifier(text: str) -> str:
    name = re.sub(r"\W", "_", text)
    return f"{name}_" if keyword.iskeyword(name) else name
