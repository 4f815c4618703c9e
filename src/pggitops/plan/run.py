"""A plan from its two sides: environment by environment, so that the documents of one at a time are held.

What is on both sides is compared at once, in the process that rendered it. What is on one side only waits until all
have been seen, for it may have gone to another environment.
"""

from __future__ import annotations

import functools
import pickle
import tempfile
from collections import ChainMap
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import field
from typing import Any

from pggitops import fleet, fleet_outputs, placing
from pggitops.compose import Sources
from pggitops.findings import Finding, Place, Severity, order
from pggitops.model import EnvironmentSummary
from pggitops.pipeline import Built, Settings, kinds_of, outputs_of, prepare, render_into, summary_of
from pggitops.plan import changes, judging, overlays, sides, tombstones, trees
from pggitops.plan.judging import Case, Verdict
from pggitops.plan.model import Change, ClusterPlan, Plan
from pggitops.plan.overlays import Overlays
from pggitops.plan.sides import Base, Objects, Pair
from pggitops.plan.trees import Tree
from pggitops.record import mutable, record
from pggitops.sandbox import Sandbox
from pggitops.summaries import interned

HELD = 8 << 20
"""Bytes of environments that wait which are held in memory; more go to a file."""


@mutable
class Open:
    """An environment with objects on one side only, and the changes of the others."""

    pair: Pair
    changes: list[Change]


@record
class Seen:
    """What came of one environment of the working tree; `unread` says why nothing did."""

    name: str
    summary: EnvironmentSummary | None = None
    verdict: Verdict | None = None
    open: Open | None = None
    unread: tuple[Finding, ...] = ()
    is_removed: bool = False


@mutable
class Collected:
    """A plan in the making; environments that wait lie in a file, what is on one side only is held."""

    waiting: Any
    lost: Objects = field(default_factory=dict)
    made: Objects = field(default_factory=dict)
    plans: list[ClusterPlan] = field(default_factory=list)
    findings: list[Finding] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    count: int = 0
    unread: set[str] = field(default_factory=set)


def of_worktree(
    settings: Settings, base: Base, selected: Iterable[str], every: Sequence[str], step: Callable[[], None]
) -> Plan:
    """The plan from the base to what the working tree renders. Environments that are not selected are only summarised.

    `selected` may name environments of the base that are gone.
    """
    with tempfile.SpooledTemporaryFile(HELD) as waiting:
        collected = Collected(waiting)
        head = overlays.of_worktree(settings)
        try:
            _rendered(collected, settings, base, head, selected, every, step)
            _close(collected, base, head)
        finally:
            overlays.close(head)
    return _finished(collected, base.tree.words, "the working tree")


def _rendered(
    collected: Collected,
    settings: Settings,
    base: Base,
    head: Overlays,
    selected: Iterable[str],
    every: Sequence[str],
    step: Callable[[], None],
) -> None:
    """Every environment of the working tree, those that are gone, and what they make together."""
    chosen = _known(collected, base, selected)
    summaries: list[EnvironmentSummary] = []
    seen: dict[Any, Any] = {}
    here: set[str] = set()
    for one in fleet.over(settings, every, chosen, functools.partial(_looked, base)):
        if one.summary is not None:
            summaries.append(interned(one.summary, seen))
        elif not one.is_removed:
            collected.unread.add(one.name)
        if one.name in chosen:
            step()
            _collect(collected, one)
        if not one.is_removed:
            here.add(one.name)
    for name in sorted(chosen - here - collected.unread):
        _gone(collected, base, head, name)
    if chosen >= {*every, *base.groups} - {"", *base.broken} and "" not in base.broken:
        _fleet(collected, settings, base, summaries)


def _known(collected: Collected, base: Base, selected: Iterable[str]) -> set[str]:
    """The selected environments, but for those the base could not be built of."""
    chosen = set(selected)
    for name in sorted(chosen & base.broken.keys()):
        message = f"{name} is not planned, for it cannot be rendered as it was: {base.broken[name]}"
        fix, place = "Name another base, or read its diff.", Place(f"environments/{name}/environment.yaml")
        collected.findings.append(Finding("plan-incomplete", Severity.ERROR, message, fix, place, "", name))
    return chosen - base.broken.keys()


def _looked(base: Base, settings: Settings, sources: Sources, own: Sandbox, jobs: Sequence[fleet.Job]) -> list[Seen]:
    return [_look(base, settings, sources, own, job) for job in jobs]


def _look(base: Base, settings: Settings, sources: Sources, own: Sandbox, job: fleet.Job) -> Seen:
    """One environment of the working tree beside the base's."""
    name, is_chosen = job
    prepared = prepare(settings, sources, name)
    if isinstance(prepared, Built):
        return Seen(name, unread=prepared.findings, is_removed=prepared.removed, summary=prepared.summary)
    passed = render_into(settings, prepared, own)
    summary = summary_of(prepared.environment, kinds_of(settings, prepared), prepared.manifests)
    if not is_chosen:
        return Seen(name, summary)
    if passed.findings:
        return Seen(name, summary, unread=tuple(passed.findings))
    pair = sides.of_context(base, prepared, outputs_of(prepared, passed))
    if pair is None:
        return Seen(name, summary, judging.unchanged(prepared, base.overlays, settings.today))
    return _compared(base, settings, prepared, summary, pair)


def _compared(
    base: Base, settings: Settings, context: placing.Context, summary: EnvironmentSummary, pair: Pair
) -> Seen:
    found = _common(pair)
    if pair.old.keys() != pair.new.keys():
        return Seen(context.name, summary, open=Open(pair, found))
    case = Case(context.name, pair.old, pair.new, context, base.overlays, settings.today, pair.new)
    verdict = judging.judge(case, found)
    return Seen(context.name, summary, Verdict(verdict.environment, verdict.plans, (*pair.findings, *verdict.findings)))


def _common(pair: Pair) -> list[Change]:
    """The changes of what is on both sides."""
    both = pair.old.keys() & pair.new.keys()
    return changes.between({key: pair.old[key] for key in both}, {key: pair.new[key] for key in both})


def _collect(collected: Collected, one: Seen) -> None:
    for finding in one.unread:
        collected.findings.append(finding)
    if one.unread:
        collected.unread.add(one.name)
    if one.verdict is not None:
        collected.plans += one.verdict.plans
        collected.findings += one.verdict.findings
    if one.open is not None:
        _wait(collected, one.open)
    elif not one.unread and not one.is_removed and not (one.verdict and one.verdict.plans):
        collected.count += 1


def _wait(collected: Collected, one: Open) -> None:
    pair = one.pair
    collected.findings += pair.findings
    collected.lost |= {key: found for key, found in pair.old.items() if key not in pair.new}
    collected.made |= {key: found for key, found in pair.new.items() if key not in pair.old}
    pickle.dump(one, collected.waiting, pickle.HIGHEST_PROTOCOL)


def _gone(collected: Collected, base: Base, head: Overlays, name: str) -> None:
    """An environment that is on the base only, or whose folder tells that it is gone."""
    was, accept = base.groups.get(name, {}), overlays.removal(head, name)
    if not was:
        collected.findings += judging.ended(name, accept or {}, base.overlays, head.settings.today).findings
        return
    pair = sides.of_trees(base, base.tree, name, was, {}, name)
    namespaces = sorted({key.name for key in pair.old if key.kind == "Namespace"})
    collected.findings += tombstones.environment_gone(name, head.is_nowhere or accept is not None, namespaces)
    _wait(collected, Open(pair, []))


def _fleet(collected: Collected, settings: Settings, base: Base, summaries: list[EnvironmentSummary]) -> None:
    """What environments make together: left out, and said, while one of those that contribute cannot be read."""
    made = {output.name: output for output in fleet_outputs.outputs(settings.root, summaries)}
    blocked = sorted(collected.unread)
    if blocked:
        collected.notes.append(
            f"what environments share is not compared, for {', '.join(blocked[:3])} cannot be rendered"
        )
        return
    files = {f"{name}/{path}": content for name, output in made.items() for path, content in output.files().items()}
    pair = sides.of_files(base, "", {path: data for path, data in files.items() if not path.endswith("SHA256SUMS")})
    if pair is not None:
        _wait(collected, Open(pair, _common(pair)))


def _close(collected: Collected, base: Base, head: Overlays) -> None:
    """What is on one side only meets, and the environments that have waited are judged."""
    found: dict[str, list[Change]] = {}
    made, moved = dict(collected.made), Objects()
    for key in [key for key in made if key in collected.lost]:
        # it went to another environment or output, and is the same to the API server
        old, new = {key: collected.lost.pop(key)}, {key: collected.made.pop(key)}
        moved |= old
        for change in changes.between(old, new):
            found.setdefault(change.environment, []).append(change)
    for change in changes.between(collected.lost, collected.made):
        found.setdefault(change.environment, []).append(change)
    for waiting in _waiting(collected):
        pair = waiting.pair
        context = overlays.context(head, pair.environment) if pair.environment else None
        own = [*waiting.changes, *found.get(pair.environment, ())]
        everywhere = ChainMap(pair.new, made)
        was = {key: moved[key] for key in pair.new if key in moved} | pair.old
        accept = {} if context else overlays.removal(head, pair.environment) or {}
        case = Case(pair.environment, was, pair.new, context, base.overlays, head.settings.today, everywhere, accept)
        verdict = judging.judge(case, own)
        collected.plans += verdict.plans
        collected.findings += verdict.findings
        collected.count += bool(pair.environment and pair.new) and not verdict.plans


def _waiting(collected: Collected) -> Iterator[Open]:
    collected.waiting.seek(0)
    while True:
        try:
            one: Open = pickle.load(collected.waiting)
        except EOFError:
            return
        yield one


def of_trees(
    base: Base, head: Tree, now: Overlays, selected: Iterable[str], step: Callable[[], None] = lambda: None
) -> Plan:
    """The plan from one tree to another, both with outputs in `rendered/`."""
    groups = trees.rendered(head)
    with tempfile.SpooledTemporaryFile(HELD) as waiting:
        collected = Collected(waiting)
        chosen = _known(collected, base, selected)
        for name in sorted(chosen):
            _beside(collected, base, head, now, groups, name)
            step()
        if chosen >= {*groups, *base.groups} - {"", *base.broken} and "" not in base.broken:
            pair = sides.of_trees(base, head, "", base.groups.get("", {}), groups.get("", {}), "")
            _wait(collected, Open(pair, _common(pair)))
        _close(collected, base, now)
        if not collected.plans and _sources(base.tree) != _sources(head):
            collected.notes.append("what is in environments/ differs and rendered/ does not: run `pggitops render`")
    return _finished(collected, base.tree.words, head.words)


def _sources(tree: Tree) -> dict[str, str]:
    return {path: id for path, id in tree.ids.items() if path.startswith("environments/")}


def _beside(
    collected: Collected, base: Base, head: Tree, now: Overlays, groups: Mapping[str, Mapping[str, str]], name: str
) -> None:
    is_there = name in groups
    if not is_there:
        _gone(collected, base, now, name)
    elif base.groups.get(name) == groups[name]:
        context = overlays.context(now, name) if _declares(head, name) else None
        verdict = judging.unchanged(context, base.overlays, now.settings.today) if context else None
        collected.findings += verdict.findings if verdict else ()
        collected.count += 1
    else:
        target = overlays.target(now, name) or overlays.target(base.overlays, name) or name
        pair = sides.of_trees(base, head, name, base.groups.get(name, {}), groups[name], target)
        _wait(collected, Open(pair, _common(pair)))


def _declares(head: Tree, name: str) -> bool:
    """Whether an environment's own file may hold tombstones or acceptances."""
    file = f"environments/{name}/environment.yaml"
    data = head.read(file) if file in head.ids else b""
    return b"removed" in data or b"accept" in data


def _finished(collected: Collected, base: str, head: str) -> Plan:
    for name in sorted(collected.unread):
        message = f"{name} is not planned, for it cannot be rendered"
        fix, place = f"Run `pggitops check {name}`.", Place(f"environments/{name}/environment.yaml")
        collected.findings.append(Finding("plan-incomplete", Severity.ERROR, message, fix, place, "", name))
    plans = sorted(collected.plans, key=lambda plan: (-plan.risk, plan.environment, plan.cluster))
    findings = sorted(dict.fromkeys(collected.findings), key=order)
    return Plan(base, head, tuple(plans), tuple(findings), tuple(collected.notes), collected.count)
