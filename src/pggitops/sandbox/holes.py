"""A template as a tree with compiled holes, and what becomes of it for one environment or cluster."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import field
from typing import Any

from pggitops import yamlio
from pggitops.record import record
from pggitops.sandbox.expressions import NAMES, OMIT, Budget, Refused, as_text, compiled, evaluated, is_quick, split

Announce = Callable[[list[Any]], None]
"""Tells whoever may have to kill us where we are: template, line and column."""

_UNQUOTED = ("yaml-key", "yaml-syntax")


@record
class Complaint:
    """What is wrong at one place of a template."""

    line: int
    column: int
    policy: str
    message: str
    fix: str


@record
class Hole:
    """A scalar with expressions; `pieces` are texts and compiled expressions, `is_quick` if none can take long."""

    place: tuple[int, int]
    pieces: tuple[str | Callable[..., Any], ...]
    is_quick: bool


@record
class Template:
    """A template that has been read: its tree of maps, lists, constants and holes, or what is wrong with it."""

    path: str
    scope: str
    tree: dict[str, Any] = field(default_factory=dict)
    complaints: tuple[Complaint, ...] = ()


def read(path: str, scope: str, data: bytes, announce: Announce) -> Template:
    """The template of a file, every complaint about it gathered."""
    announce([path, 1, 1])
    document, problems = yamlio.load(data)
    if problems:
        text = data.decode("utf-8", "replace").split("\n")
        return Template(path, scope, complaints=tuple(dict.fromkeys(_unread(problem, text) for problem in problems)))
    if not isinstance(document, dict):
        fix = "Write one Kubernetes object, beginning with apiVersion."
        return Template(path, scope, complaints=(Complaint(1, 1, "template-syntax", "a template is one object", fix),))
    reading = Reading(path, yamlio.marks(data), announce, [])
    tree = reading.tree(document, ())
    return Template(path, scope, tree, tuple(reading.complaints))


def _unread(problem: yamlio.Problem, text: list[str]) -> Complaint:
    """A complaint of the reader; where a hole without quotes is the cause, it is said so, once a line."""
    line = text[problem.line - 1] if problem.line <= len(text) else ""
    if problem.id in _UNQUOTED and "{%" in line:
        return _complaint((problem.line, line.index("{%") + 1), _refusal("{% %}"))
    if problem.id in _UNQUOTED and "{{" in line:
        message, fix = "a hole at the beginning of a value without quotes", 'Quote the value: "{{ … }}".'
        return Complaint(problem.line, line.index("{{") + 1, "template-syntax", message, fix)
    return Complaint(problem.line, problem.column, problem.id, problem.message, problem.fix)


def _refusal(text: str) -> Refused:
    try:
        split(text)
    except Refused as refused:
        return refused
    return Refused("template-syntax", "not a template", "Correct it.")


def _complaint(place: tuple[int, int], refused: Refused) -> Complaint:
    return Complaint(*place, refused.id, str(refused), refused.fix)


@record
class Reading:
    """What is at hand while a template is read."""

    path: str
    marks: Mapping[yamlio.Steps, yamlio.Mark]
    announce: Announce
    complaints: list[Complaint]
    names: frozenset[str] = NAMES

    def tree(self, value: Any, path: yamlio.Steps) -> Any:
        """The value with its holes compiled; a hole that cannot be is complained of."""
        if isinstance(value, dict):
            for key in value:
                self.check_key(key, (*path, key))
            return {key: self.tree(item, (*path, key)) for key, item in value.items()}
        if isinstance(value, list):
            return [self.tree(item, (*path, index)) for index, item in enumerate(value)]
        if isinstance(value, str) and ("{{" in value or "{%" in value or "{#" in value):
            return self.hole(value, path)
        return value

    def check_key(self, key: str, path: yamlio.Steps) -> None:
        """Keys stay as they are written."""
        if "{{" in key or "{%" in key:
            mark = self.marks.get(path)
            fix = "Write the key out, or give the whole map by one expression."
            place = mark.key if mark else (1, 1)
            self.complaints.append(Complaint(*place, "template-syntax", "a key may hold no expression", fix))

    def hole(self, text: str, path: yamlio.Steps) -> Any:
        """A scalar's hole; the text itself where it cannot be had."""
        mark = self.marks.get(path)
        place = mark.value if mark else (1, 1)
        self.announce([self.path, *place])
        try:
            found = split(text)
            pieces = tuple(compiled(piece, self.names) if is_source else piece for is_source, piece in found)
            return Hole(place, pieces, all(is_quick(piece) for is_source, piece in found if is_source))
        except Refused as refused:
            self.complaints.append(_complaint(place, refused))
            return text

    def expression(self, source: str, path: yamlio.Steps) -> Hole | None:
        """A scalar that is an expression, without braces; None where it cannot be had."""
        mark = self.marks.get(path)
        place = mark.value if mark else (1, 1)
        self.announce([self.path, *place])
        try:
            if source.strip().startswith("{{"):
                message = "this is an expression already, and needs no braces"
                raise Refused("template-syntax", message, "Write what stands between {{ and }} alone.")
            return Hole(place, (compiled(source.strip(), self.names),), is_quick(source.strip()))
        except Refused as refused:
            self.complaints.append(_complaint(place, refused))
            return None


def render(
    template: Template, variables: Mapping[str, Any], limit: int, announce: Announce
) -> tuple[dict[str, Any] | None, list[Complaint]]:
    """The object a template gives, or None where its kind is omitted; and what is wrong with it.

    `limit` is the object's size in bytes of JSON.
    """
    announce([template.path, 1, 1])
    filling = Filling(template.path, {**variables, "omit": OMIT}, Budget(limit), announce, [])
    if filling.value(template.tree.get("kind")) is OMIT:
        return None, []
    document = filling.value(template.tree)
    complaints = list(dict.fromkeys(filling.complaints))
    if not complaints and _size(document) > limit:
        message, fix = f"the object has more than {limit:,} bytes", "Put it into manifests/ as it is."
        complaints.append(Complaint(1, 1, "template-too-large", message, fix))
    return document, complaints


def _size(document: dict[str, Any]) -> int:
    return len(json.dumps(document, ensure_ascii=False).encode("utf-8"))


@record
class Filling:
    """What is at hand while a template's holes are filled."""

    path: str
    variables: Mapping[str, Any]
    budget: Budget
    announce: Announce
    complaints: list[Complaint]

    def value(self, tree: Any) -> Any:
        """The tree with its holes filled and without what is omitted; a hole that fails is complained of, and null."""
        if isinstance(tree, Hole):
            return self.filled(tree)
        if isinstance(tree, dict):
            items = ((key, self.value(item)) for key, item in tree.items())
            return {key: item for key, item in items if item is not OMIT}
        if isinstance(tree, list):
            return [item for item in map(self.value, tree) if item is not OMIT]
        return tree

    def filled(self, hole: Hole) -> Any:
        """The value of one hole."""
        if not hole.is_quick:
            self.announce([self.path, *hole.place])
        try:
            if len(hole.pieces) == 1 and callable(hole.pieces[0]):
                return evaluated(hole.pieces[0], self.variables, self.budget)
            text = "".join(piece if isinstance(piece, str) else self.text(piece) for piece in hole.pieces)
        except Refused as refused:
            self.complaints.append(_complaint(hole.place, refused))
            return None
        return text

    def text(self, expression: Callable[..., Any]) -> str:
        """The value of one expression among text."""
        return as_text(evaluated(expression, self.variables, self.budget))
