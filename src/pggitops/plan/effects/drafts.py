"""Effects while they are worked out: what each row says, before what is said about the others is known."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from pggitops.plan.effects import words
from pggitops.plan.effects.compare import compare
from pggitops.plan.effects.context import Context
from pggitops.plan.effects.differences import Difference, below
from pggitops.plan.effects.facts import major
from pggitops.plan.effects.match import Match
from pggitops.plan.effects.predicates import PREDICATES
from pggitops.plan.effects.table import Row, candidates, rows
from pggitops.plan.model import MISSING, Change, Effect, EffectKind, ObjectKey, Risk, Steps


@dataclass(slots=True, eq=False)
class Draft:
    """An effect that may still be changed by others; `prefix` and `suffix` are said around the row's
    words, `instead` takes the place of what comes after their first colon.
    """

    row: Row
    differences: list[Difference]
    captures: Steps
    kind: EffectKind
    risk: Risk
    prefix: str = ""
    suffix: str = ""
    instead: str = ""
    more: dict[str, str] = field(default_factory=dict)

    @property
    def object(self) -> ObjectKey:
        """The object that changes."""
        return self.differences[0].object


def draft(row: Row, found: Iterable[Difference], captures: Steps = (), more: dict[str, str] | None = None) -> Draft:
    """What a row says of differences."""
    return Draft(row, list(found), captures, row.effect, row.risk, more=more or {})


def drafts(differences: Iterable[Difference], context: Context) -> list[Draft]:
    """What the table says of each difference; alike ones, of one row and one item, together."""
    found: dict[tuple[str, ObjectKey, Steps], Draft] = {}
    for difference in differences:
        for row, captures, part in matched(difference, context):
            key = (row.id, difference.object, () if row.also else captures)
            if key in found:
                found[key].differences.append(part)
            else:
                found[key] = draft(row, [part], captures)
    return list(found.values())


def matched(difference: Difference, context: Context) -> Iterator[tuple[Row, Steps, Difference]]:
    """The rows that hold for a difference, or for what lies beneath it; `field-unknown` where there is none."""
    parts = list(below(difference))
    taken = _holding(difference, context, bool(parts))
    yield from ((row, captures, difference) for row, captures in taken)
    if any(not row.also for row, _ in taken):
        return
    for part in parts:
        yield from matched(part, context)
    if not parts:
        is_empty = all(each is MISSING or each in ({}, []) for each in (difference.old, difference.new))
        yield rows()["empty-part" if is_empty else "field-unknown"], difference.path[:3], difference


def _holding(difference: Difference, context: Context, is_whole: bool) -> list[tuple[Row, Steps]]:
    taken = []
    for row, captures in candidates(difference.object.kind, difference.path, is_whole):
        if holds(row, Match(difference, captures, context)):
            taken.append((row, captures))
            if not row.also:
                break
    return taken


def holds(row: Row, match: Match) -> bool:
    """Whether a row is about a change."""
    difference = match.difference
    if (
        row.is_
        and difference.kind not in row.is_
        and not (row.is_ & {"increased", "decreased"} and compare(difference, major(match.context.either)) in row.is_)
    ):
        return False
    if (row.to and not _among(difference.new, row.to)) or (row.from_ and not _among(difference.old, row.from_)):
        return False
    return all(PREDICATES[name](argument, match) for name, argument in row.if_.items()) and not any(
        PREDICATES[name](argument, match) for name, argument in row.unless.items()
    )


def _among(value: object, values: tuple[object, ...]) -> bool:
    return any(value == each and isinstance(value, bool) == isinstance(each, bool) for each in values)


def finished(one: Draft, context: Context) -> Effect:
    """The effect with its words."""
    row = one.row

    def said(text: str) -> str:
        return words.filled(text, row, one.differences, one.captures, context, one.more)

    changes: dict[int, Change] = {id(each): each for part in one.differences for each in part.changes}
    return Effect(
        rule=row.id,
        kind=one.kind,
        risk=one.risk,
        changes=tuple(changes.values()),
        message=one.prefix + _said(said(row.says), one.instead) + one.suffix,
        why=said(row.why),
        source=said(row.source),
        steps=row.steps,
        undo=row.undo,
    )


def _said(words_of_row: str, instead: str) -> str:
    return f"{words_of_row.partition(': ')[0]}: {instead}" if instead else words_of_row
