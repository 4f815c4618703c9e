"""Label selectors: `matchLabels` and `matchExpressions`, all of which must hold ("Labels and Selectors")."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from pggitops.record import record

Labels = Mapping[str, str]
Expression = tuple[str, str, frozenset[str]]
"""Key, operator (In, NotIn, Exists, DoesNotExist), values."""


@record
class Selector:
    """A selector, read once; without requirements it selects everything."""

    labels: Labels
    expressions: tuple[Expression, ...]

    @property
    def is_empty(self) -> bool:
        """Whether it selects everything."""
        return not self.labels and not self.expressions


EVERYTHING = Selector({}, ())


def selector(raw: Mapping[str, Any] | None) -> Selector | None:
    """A selector as a document holds it; None where it is absent, which is not the same as empty."""
    if raw is None:
        return None
    if not raw:
        return EVERYTHING
    expressions: tuple[Expression, ...] = ()
    written: Sequence[Mapping[str, Any]] = raw.get("matchExpressions") or ()
    if written:
        expressions = tuple((each["key"], each["operator"], frozenset(each.get("values") or ())) for each in written)
    return Selector(raw.get("matchLabels") or {}, expressions)


def selects(own: Selector, labels: Labels, is_partial: bool = False, lacks: str = "") -> bool:
    """Whether labels satisfy a selector; of partial labels, whether those that are not known could make them.

    What is not known has no key that begins with `lacks`, if that is not empty.
    """
    if own.labels and not own.labels.items() <= labels.items():
        if not is_partial:
            return False
        if any(labels[key] != value if key in labels else _is_lacking(key, lacks) for key, value in own.labels.items()):
            return False
    return not own.expressions or all(_holds(each, labels, is_partial, lacks) for each in own.expressions)


def _is_lacking(key: str, lacks: str) -> bool:
    return bool(lacks) and key.startswith(lacks)


def surely_selects(own: Selector, labels: Labels, lacks: str = "") -> bool:
    """Whether labels that may not be all satisfy a selector whatever the others are."""
    return own.labels.items() <= labels.items() and all(
        (each[0] in labels or _is_lacking(each[0], lacks)) and _holds(each, labels, False, lacks)
        for each in own.expressions
    )


def demanded(own: Selector | None, key: str) -> frozenset[str] | None:
    """The values of a label of which what is selected has one; None where it need not have it at all."""
    if own is None:
        return None
    found = frozenset({own.labels[key]}) if key in own.labels else None
    for name, operator, values in own.expressions:
        if name == key and operator == "In":
            found = values if found is None else found & values
    return found


def _holds(expression: Expression, labels: Labels, is_partial: bool, lacks: str) -> bool:
    key, operator, values = expression
    value = labels.get(key)
    if value is None:
        return (is_partial and not _is_lacking(key, lacks)) or operator in ("NotIn", "DoesNotExist")
    if operator == "In":
        return value in values
    if operator == "NotIn":
        return value not in values
    return operator == "Exists"


def words(own: Selector) -> str:
    """A selector as kubectl writes it: `app=api,tier in (a,b),!legacy`; empty for one that selects everything."""
    parts = [f"{key}={own.labels[key]}" for key in sorted(own.labels)]
    for key, operator, values in own.expressions:
        listed = ",".join(sorted(values))
        parts.append(
            {
                "In": f"{key} in ({listed})",
                "NotIn": f"{key} notin ({listed})",
                "Exists": key,
                "DoesNotExist": f"!{key}",
            }.get(operator, f"{key} {operator} ({listed})")
        )
    return ",".join(parts)
