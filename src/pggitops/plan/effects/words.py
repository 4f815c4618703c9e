"""What an effect says: a row's words with the values of the change."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from typing import Any

from pggitops import parameters
from pggitops.plain_secrets import is_in
from pggitops.plan.effects import facts
from pggitops.plan.effects.context import Context, value_at
from pggitops.plan.effects.differences import Difference
from pggitops.plan.effects.table import Row
from pggitops.plan.model import MISSING, Steps

_HOLE = re.compile(r"\{([^{}]+)\}")
_LISTED = 3
_WIDEST = 60
SERVICES = {"expose": "the primary", "exposeReplicas": "the replicas", "pgBouncer": "PgBouncer"}
_LONG = (
    ("spec", "patroni", "dynamicConfiguration"),
    ("spec", "proxy", "pgBouncer", "config", "global"),
    ("spec", "backups", "pgbackrest", "global"),
    ("spec",),
)
"""What is left out before a field's name."""


def filled(
    text: str, row: Row, differences: Sequence[Difference], captures: Steps, context: Context, more: Mapping[str, str]
) -> str:
    """The text with its holes filled; a hole nobody knows stays as it is."""

    def word(hole: re.Match[str]) -> str:
        name = hole[1]
        if name in more:
            return more[name]
        if name.isdigit():
            return str(captures[int(name)])
        return _word(name, row, differences, captures, context)

    return _HOLE.sub(word, text)


def _word(name: str, row: Row, differences: Sequence[Difference], captures: Steps, context: Context) -> str:
    first = differences[0]
    head, _, path = name.partition(".")
    if head in ("old", "new"):
        value = first.old if head == "old" else first.new
        return shown(value_at(value, tuple(path.split("."))) if path else value, path or first.path[-1:])
    if head == "doc":
        document = first.new if not facts.is_missing(first.new) else first.old
        return shown(value_at(document, tuple(path.split("."))), path)
    if name == "changes":
        return _changes(differences, captures)
    if name == "fields":
        return _list(sorted({dotted(each.path) for each in differences}))
    if name == "names":
        return _list(sorted({each.object.name for each in differences}))
    if name == "roll":
        return roll(row, captures, context)
    return _fact(name, first, captures, context)


def _fact(name: str, first: Difference, captures: Steps, context: Context) -> str:
    """One word about the object or the cluster."""
    key = first.object
    if name in ("kind", "name", "namespace"):
        return str(getattr(key, name))
    if name == "renamed_from":
        return first.renamed_from
    if name == "gone":
        return first.renamed_from.rpartition("/")[2] or key.name
    if name == "field":
        return dotted(_short(first.path))
    if name == "last":
        return str(first.path[-1])
    if name == "cluster":
        return context.name
    if name == "total":
        return str(sum(facts.sets(context.either).values()))
    if name == "poolers":
        return str(facts.poolers(context))
    if name == "pods":
        sets = facts.sets(context.new) | facts.sets(context.old)
        return str(sets.get(str(captures[0]), 0) if captures else sum(sets.values()))
    if name == "major":
        return str(facts.major(context.either))
    if name == "context":
        known = parameters.parameter(str(captures[-1]), facts.major(context.either))
        return known.context if known else "unknown"
    if name == "setter":
        return (facts.setter(str(captures[-1]), context.either) or ("nobody",))[0]
    if name == "what":
        return next((words for step, words in reversed(SERVICES.items()) if step in first.path), "the Service")
    return "{" + name + "}"


def shown(value: Any, path: str | Steps) -> str:
    """A value in a sentence: scalars as they are, what is larger as JSON, cut; a secret is not shown."""
    if value is MISSING:
        return "not set"
    if is_in(value, path.rpartition(".")[2] if isinstance(path, str) else path[-1] if path else ""):
        return "(hidden)"
    if value == "":
        return '""'
    if isinstance(value, bool) or value is None:
        return json.dumps(value)
    text = (
        value if isinstance(value, str) else json.dumps(value, ensure_ascii=False) if _is_large(value) else str(value)
    )
    return text if len(text) <= _WIDEST else text[: _WIDEST - 1] + "…"


def _is_large(value: Any) -> bool:
    return isinstance(value, Mapping | list | tuple)


def dotted(path: Steps) -> str:
    """A path as people write it, items by their key."""
    return ".".join(f'"{step}"' if isinstance(step, str) and "." in step else str(step) for step in path)


def _changes(differences: Sequence[Difference], captures: Steps) -> str:
    return _list([_change(each, captures) for each in differences])


def _change(each: Difference, captures: Steps) -> str:
    """One difference in words; of an item that is named by itself or by its place, that it is there now or is not."""
    value = each.old if each.new is MISSING else each.new
    if (each.old is MISSING or each.new is MISSING) and len(each.path) > 1 and _is_item(each.path[-1], value):
        word = "without" if each.new is MISSING else "with"
        return f"{_tail(each.path[:-1], captures)} {word} {shown(value, each.path)}"
    return f"{_tail(each.path, captures)} {shown(each.old, each.path)} → {shown(each.new, each.path)}"


def _is_item(step: str | int, value: Any) -> bool:
    return isinstance(step, int) or (isinstance(value, str) and step == value)


def _short(path: Steps) -> Steps:
    return next((path[len(start) :] for start in _LONG if path[: len(start)] == start and len(path) > len(start)), path)


def _tail(path: Steps, captures: Steps) -> str:
    """The path without `spec` and, for an item, without what leads to it."""
    if captures and captures[0] in path:
        below = path[path.index(captures[0]) + 1 :]
        return dotted(below or path[-1:])
    return dotted(_short(path))


def _list(said: Sequence[str]) -> str:
    more = len(said) - _LISTED
    return ", ".join(said[:_LISTED]) + (f" and {more} more" if more > 0 else "")


def roll(row: Row, captures: Steps, context: Context) -> str:
    """Which pods are made anew, and how."""
    parts = []
    if "set" in row.rolls or "instances" in row.rolls:
        sets = facts.sets(context.either)
        own = str(captures[0]) if "set" in row.rolls and captures else ""
        parts.append(_instances(sets.get(own, 1) if own else sum(sets.values()), facts.instances(context), own, sets))
    poolers = facts.poolers(context)
    if "pgbouncer" in row.rolls and poolers:
        parts.append(f"{_pods(poolers, 'PgBouncer pod')} replaced, connections of the old drop")
    if "repo-host" in row.rolls and facts.has_repo_host(context.either):
        parts.append("the repository host's pod is made anew")
    return "; ".join(parts) or "no pod is concerned"


def _pods(count: int, noun: str) -> str:
    return f"{count} {noun}s are" if count != 1 else f"1 {noun} is"


def _instances(count: int, total: int, own: str, sets: Mapping[str, int]) -> str:
    if total <= 1:
        return "the only PostgreSQL pod is made anew, nobody can connect until it is back"
    pods = f"{_pods(count, 'PostgreSQL pod')} made anew one after the other"
    if own and len(sets) > 1:
        return f"{pods}, with a switchover if the primary is among them"
    return f"{pods}, replicas first, then a switchover"
