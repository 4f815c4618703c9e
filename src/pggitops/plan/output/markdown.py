"""Markdown for a comment on a pull request: the verdict and one line per cluster, worst first; details folded."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TextIO

from pggitops.findings import Finding, Severity
from pggitops.output.markdown import LIMIT, inert
from pggitops.output.report import counted, sentences, subject
from pggitops.plan.model import Effect, Plan
from pggitops.plan.output.view import (
    SYMBOLS,
    Group,
    View,
    difference,
    facts,
    grouped,
    subjects,
    verdict,
)

MARK = "<!-- pggitops plan -->\n"
"""By which a bot finds its comment again."""

_ROOM = 300
"""Bytes kept for the lines that say what was cut."""

_MAX_CHANGES = 20


def write(plan: Plan, view: View, output_format: str, stream: TextIO) -> None:
    """The plan in at most `LIMIT` bytes."""
    stream.write(rendered(plan, view, LIMIT))


def rendered(plan: Plan, view: View, limit: int) -> str:
    """The plan in fewer than `limit` bytes: errors, a line each for clusters, then details as far as they fit."""
    groups = grouped(plan.clusters)
    text = f"{MARK}**{inert(verdict(plan))}**\n\nFrom {inert(plan.base)} to {inert(plan.head)}.\n"
    text += "".join(f"\n> {inert(note)}\n" for note in plan.notes)
    errors = [one for one in plan.findings if one.severity is Severity.ERROR]
    others = [one for one in plan.findings if one.severity is not Severity.ERROR]
    sections = (
        ("error", [f"- {_finding(one)}\n" for one in errors], "\n**To mend**\n\n"),
        ("cluster group", [_line(group) for group in groups], "\n"),
        ("finding", [f"- {_finding(one)}\n" for one in others], "\n**To look at**\n\n"),
        ("folded detail", [_details(group, view) for group in groups], "\n"),
    )
    cut = []
    for what, parts, head in sections:
        kept = _fitting(parts, limit - _ROOM - len((text + head).encode()))
        text += head + "".join(kept) if kept else ""
        if len(kept) < len(parts):
            cut.append(counted(len(parts) - len(kept), what))
    return text + (f"\n… cut, for it did not fit: {', '.join(cut)}. `pggitops plan` shows all.\n" if cut else "")


def _fitting(parts: list[str], room: int) -> list[str]:
    kept = []
    for part in parts:
        room -= len(part.encode())
        if room < 0:
            break
        kept.append(part)
    return kept


def _line(group: Group) -> str:
    """What a reviewer reads first: who, how bad, what, why and where."""
    first = group.first
    effect = max(first.effects, key=lambda one: (not one.accepted, one.risk), default=None)
    if effect is None:
        return f"- {inert(subjects(group))}: nothing\n"
    more = f"; and {counted(len(first.effects) - 1, 'more effect')}" if len(first.effects) > 1 else ""
    place = f" (<code>{inert(str(effect.place))}</code>)" if effect.place else ""
    return f"- **{inert(subjects(group))}** — {_said(effect)}{place}{more}\n"


def _said(effect: Effect) -> str:
    accepted = f", accepted: {inert(effect.accepted)}" if effect.accepted else ""
    return f"**{effect.risk}**, {effect.kind}{accepted}: {inert(effect.message)}"


def _finding(finding: Finding) -> str:
    about = f" ({inert(subject(finding))})" if subject(finding) else ""
    return f"{finding.severity} <code>{inert(str(finding.place))}</code> {inert(sentences(finding))}{about}"


def _details(group: Group, view: View) -> str:
    return "".join(f"{line}\n" for line in _detail_lines(group, view)) + "\n"


def _detail_lines(group: Group, view: View) -> Iterator[str]:
    yield f"<details><summary>{inert(subjects(group))}</summary>"
    yield ""
    for effect in group.first.effects:
        yield f"- {_said(effect)}"
        for change in effect.changes[:_MAX_CHANGES]:
            yield f"  - <code>{SYMBOLS[change.kind]} {inert(difference(change))}</code>"
        if len(effect.changes) > _MAX_CHANGES:
            yield f"  - … {counted(len(effect.changes) - _MAX_CHANGES, 'more change')}"
        yield from (
            f"  - {word}: {inert(said)}" for word, said in (("why", effect.why), ("revert", effect.undo)) if said
        )
        steps = view.steps.get(effect.steps, ())
        if steps:
            yield f"  - instead ({effect.steps}):"
            yield f"    <pre>{'&#10;'.join(inert(line) for line in steps)}</pre>"
    yield from (f"- {word}: {inert(said)}" for word, said in facts(group.first))
    if len(group.plans) > 3:
        names = list(dict.fromkeys(plan.environment for plan in group.plans))
        more = f" and {len(names) - 40:,} more" if len(names) > 40 else ""
        yield f"- in: {inert(', '.join(names[:40]))}{more}"
    yield ""
    yield "</details>"
