"""What the resource says, before and after."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from pggitops.plan.effects import facts
from pggitops.plan.effects.context import value_at
from pggitops.plan.effects.match import Match, said
from pggitops.plan.model import MISSING


def has(path: str, match: Match) -> bool:
    """The new PerconaPGCluster says something there; `$0` is the first `*`."""
    return said(match.context.new, path, match) is not MISSING


def now(values: Mapping[str, Any], match: Match) -> bool:
    """The new PerconaPGCluster (the old, if it is gone) has these values."""
    return all(said(match.context.either, path, match) == value for path, value in values.items())


def was(values: Mapping[str, Any], match: Match) -> bool:
    """The old PerconaPGCluster had these values."""
    return all(said(match.context.old, path, match) == value for path, value in values.items())


def had_none(path: str, match: Match) -> bool:
    """The old PerconaPGCluster said nothing there."""
    return said(match.context.old, path, match) is MISSING


def one_of(paths: list[str], match: Match) -> bool:
    """The new PerconaPGCluster says something at exactly one of these places."""
    return sum(has(path, match) for path in paths) == 1


def instances(word: str, match: Match) -> bool:
    """`one` instance in all sets at some time of the change, or `many`."""
    return (facts.instances(match.context) == 1) == (word == "one")


def total(word: str, match: Match) -> bool:
    """All sets together end with one instance (`to-one`), or leave that state (`from-one`)."""
    before, after = (sum(facts.sets(one).values()) for one in (match.context.old, match.context.new))
    return after == 1 < before if word == "to-one" else before == 1 < after


def other_sets(word: bool, match: Match) -> bool:
    """Another set is there before and after."""
    old, new = facts.sets(match.context.old), facts.sets(match.context.new)
    return bool({name for name in old.keys() & new.keys() if new[name]} - {str(match.captures[0])}) is word


def other_sets_besides(word: bool, match: Match) -> bool:
    """Another set than the renamed one is there before and after."""
    old, new = facts.sets(match.context.old), facts.sets(match.context.new)
    renamed = {str(match.captures[0]), match.difference.renamed_from}
    return bool({name for name in old.keys() & new.keys() if new[name]} - renamed) is word


def limit(word: str, match: Match) -> bool:
    """A number against the instances of the set: `all` if it is not less."""
    count = facts.sets(match.context.new).get(str(match.captures[0]), 1)
    text = str(match.difference.new)
    blocks = text == "100%" or (text.isdigit() and int(text) >= count)
    return blocks is (word == "all")


def crosses(threshold: str, match: Match) -> bool:
    """A version goes over a threshold, up or down."""
    old, new = facts.version(match.difference.old), facts.version(match.difference.new)
    return (old < facts.version(threshold)) != (new < facts.version(threshold)) and (0, 0) not in (old, new)


def steps_over(word: str, match: Match) -> bool:
    """A version goes `down`, over more than one minor (`minors`), over a `major`; or an image's PostgreSQL does."""
    if word == "image-major":
        return facts.image_major(match.difference.old) not in (0, facts.image_major(match.difference.new))
    old, new = facts.version(match.difference.old), facts.version(match.difference.new)
    if (0, 0) in (old, new):
        return False
    order = [(2, 6), (2, 7), (2, 8), (2, 9), (3, 0), (3, 1)]
    if word == "down":
        return new < old
    if word == "minors":
        return old in order and new in order and order.index(new) - order.index(old) > 1
    return new[0] != old[0]


def cr(bound: str, match: Match) -> bool:
    """The new (else the old) crVersion is at least this."""
    return facts.version(facts.spec(match.context.either).get("crVersion", "9.9")) >= facts.version(bound)


def annotation(pair: str, match: Match) -> bool:
    """The new PerconaPGCluster carries an annotation of this name, whatever its group, with this value."""
    name, _, wanted = pair.partition("=")
    annotations = facts.a_map(value_at(match.context.new, ("metadata", "annotations")))
    return any(key.rpartition("/")[2] == name and str(each) == wanted for key, each in annotations.items())


def expandable(word: str, match: Match) -> bool:
    """Whether volumes of the claim's storage class can grow: `yes`, `no`, `unknown`."""
    spec = value_at(match.context.either, match.difference.path[:-3])
    name = spec.get("storageClassName") if isinstance(spec, Mapping) else None
    known = match.context.expandable.get(str(name))
    return {None: "unknown", True: "yes", False: "no"}[known] == word


def matches(pattern: str, match: Match) -> bool:
    """The last step that a `*` stood for is like this."""
    return re.fullmatch(pattern, str(match.captures[-1])) is not None


def value(pattern: str, match: Match) -> bool:
    """The new value is like this, as text."""
    return match.difference.new is not MISSING and re.search(pattern, _text(match.difference.new)) is not None


def old_value(pattern: str, match: Match) -> bool:
    """The old value was like this, as text."""
    return match.difference.old is not MISSING and re.search(pattern, _text(match.difference.old)) is not None


def _text(value: Any) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)
