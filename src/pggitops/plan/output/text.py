"""Text for people, in the manner of terraform's plan: what changes behind a symbol, what that does below it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TextIO

from pggitops.findings import Finding, Severity
from pggitops.output.plain import plain
from pggitops.output.report import counted
from pggitops.output.text import Paint, painter
from pggitops.plan.model import ChangeKind, Effect, Plan, Risk
from pggitops.plan.output.view import (
    SYMBOLS,
    Group,
    View,
    difference,
    facts,
    grouped,
    has_errors,
    subjects,
    verdict,
)

_RED, _GREEN, _YELLOW, _BLUE, _MAGENTA, _BOLD, _DIM = "31", "32", "33", "34", "35", "1", "2"
_RISKS = {Risk.CRITICAL: _MAGENTA, Risk.HIGH: _RED, Risk.MEDIUM: _YELLOW, Risk.LOW: _GREEN}
_SIGNS = {ChangeKind.ADDED: _GREEN, ChangeKind.REMOVED: _RED, ChangeKind.CHANGED: _YELLOW, ChangeKind.RENAMED: _RED}
_SEVERITIES = {Severity.ERROR: _RED, Severity.WARNING: _YELLOW, Severity.INFO: _BLUE}
_MAX_CHANGES = 12


def write(plan: Plan, view: View, output_format: str, stream: TextIO) -> None:
    """Clusters worst first, equal plans once; then findings; the last line has the counts and the worst effect."""
    paint = painter(stream)
    lines = [paint(f"From {plain(plan.base)} to {plain(plan.head)}", _BOLD)]
    lines += [f"note: {plain(note)}" for note in plan.notes]
    stream.writelines(f"{line}\n" for line in (*lines, ""))
    shown: set[str] = set()
    for group in grouped(plan.clusters):
        stream.writelines(f"{line}\n" for line in (*_group(group, view, paint, shown), ""))
    for finding in plan.findings:
        stream.writelines(f"{line}\n" for line in (*_finding(finding, paint), ""))
    for reason, count in plan.hidden.items():
        stream.write(f"not shown: {count:,} {reason}\n")
    risk = max((cluster.risk for cluster in plan.clusters), default=Risk.LOW)
    stream.write(paint(plain(verdict(plan)), _RED if has_errors(plan) else _RISKS[risk]) + "\n")


def _group(group: Group, view: View, paint: Paint, shown: set[str]) -> Iterator[str]:
    first = group.first
    yield f"{paint(plain(subjects(group)), _BOLD)}  {paint(str(first.risk), _RISKS[first.risk])}"
    for effect in first.effects:
        yield from _effect(effect, paint)
        yield from _safe_way(effect, view, shown)
    yield from (f"    {word:<9} {plain(said)}" for word, said in facts(first))
    if len(group.plans) > 3:
        yield paint(f"    the same in {plain(_others(group))}", _DIM)


def _others(group: Group, most: int = 12) -> str:
    names = list(dict.fromkeys(plan.environment for plan in group.plans))[1:]
    more = f" and {len(names) - most:,} more" if len(names) > most else ""
    return ", ".join(names[:most]) + more


def _effect(effect: Effect, paint: Paint) -> Iterator[str]:
    for change in effect.changes[:_MAX_CHANGES]:
        sign = SYMBOLS[change.kind]
        yield f"  {paint(sign, _SIGNS[change.kind])} {plain(difference(change))}"
    if len(effect.changes) > _MAX_CHANGES:
        yield f"    … {counted(len(effect.changes) - _MAX_CHANGES, 'more change')}"
    accepted = f" (accepted: {effect.accepted})" if effect.accepted else ""
    head = f"{paint(str(effect.kind), _RISKS[effect.risk])} ({effect.risk}, {effect.rule}){accepted}"
    yield f"      {head}: {plain(effect.message)}"
    if effect.why:
        yield paint(f"      why: {plain(effect.why)}", _DIM)
    if effect.undo:
        yield f"      revert: {plain(effect.undo)}"
    if effect.place:
        yield paint(f"      at {plain(str(effect.place))}", _DIM)


def _safe_way(effect: Effect, view: View, shown: set[str]) -> Iterator[str]:
    """The numbered steps of a safe way, each once; else a word that there are some."""
    steps = view.steps.get(effect.steps, ())
    if not steps:
        return
    if not view.with_steps:
        yield "      instead: there is a safe way, see --steps"
    elif effect.steps in shown:
        yield f"      instead: the steps of {effect.steps}, above"
    else:
        shown.add(effect.steps)
        yield f"      instead ({effect.steps}):"
        yield from (f"        {plain(line)}" for line in steps)


def _finding(finding: Finding, paint: Paint) -> Iterator[str]:
    severity = paint(str(finding.severity), _SEVERITIES.get(finding.severity, _BOLD))
    yield f"{paint(plain(str(finding.place)), _BOLD)}: {severity} {finding.policy}: {plain(finding.message)}"
    if finding.fix:
        yield f"    fix: {plain(finding.fix)}"
