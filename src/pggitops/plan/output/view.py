"""What several formats ask of a plan: counts, the worst of it, equal plans put together, values in few words."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping
from typing import Any

from pggitops.findings import Severity, State
from pggitops.output.report import counted
from pggitops.plain_secrets import is_in
from pggitops.plan.model import MISSING, Change, ChangeKind, ClusterPlan, Effect, EffectKind, Plan, Risk
from pggitops.record import record

_MAX_VALUE = 80
SYMBOLS = {ChangeKind.ADDED: "+", ChangeKind.REMOVED: "-", ChangeKind.CHANGED: "~", ChangeKind.RENAMED: "-/+"}
_LASTING = {"for ever": "until somebody mends it"}
_ORDER = list(EffectKind)


@record
class View:
    """How a plan is shown.

    `steps` are the lines of each safe way, in full in a text `with_steps`; `root` is the folder places are relative to.
    """

    steps: Mapping[str, tuple[str, ...]]
    with_steps: bool = False
    root: str = "."


@record
class Group:
    """Plans that say the same, of clusters that may be called differently; `first` stands for all."""

    first: ClusterPlan
    plans: tuple[ClusterPlan, ...]


def grouped(plans: Iterable[ClusterPlan]) -> list[Group]:
    """Equal plans together: the worst first, and of equally bad ones those that concern the fewest."""
    found: dict[tuple[Any, ...], list[ClusterPlan]] = {}
    for plan in plans:
        found.setdefault(_signature(plan), []).append(plan)
    groups = [Group(them[0], tuple(them)) for them in found.values()]
    return sorted(groups, key=lambda group: (-group.first.risk, len(group.plans), subject(group.first)))


def _signature(plan: ClusterPlan) -> tuple[Any, ...]:
    words = {change.object.namespace: "NAMESPACE" for effect in plan.effects for change in effect.changes}
    words |= {plan.cluster: "CLUSTER", plan.environment: "ENV"}
    names = sorted(filter(None, words), key=len, reverse=True)
    pattern = re.compile(rf"(?<![A-Za-z0-9])(?:{'|'.join(map(re.escape, names))})(?![A-Za-z0-9])") if names else None

    def anonymous(text: str) -> str:
        return pattern.sub(lambda match: words[match[0]], text) if pattern else text

    def told(change: Change) -> tuple[str, ...]:
        words = (str(change.kind), change.object.kind, change.object.name, *map(str, change.path))
        return tuple(map(anonymous, (*words, value(change, "old"), value(change, "new"))))

    # not their messages: an environment may be called like a word in them
    effects = tuple(
        (effect.rule, effect.kind, effect.risk, bool(effect.accepted), tuple(map(told, effect.changes)))
        for effect in plan.effects
    )
    rows = tuple((word, anonymous(said) if word in ("by hand", "delivery") else said) for word, said in facts(plan))
    return bool(plan.cluster), effects, rows


def subject(plan: ClusterPlan) -> str:
    """Whose plan it is: `environment/cluster`, the environment alone, or the fleet."""
    return "/".join(filter(None, (plan.environment, plan.cluster))) or "fleet"


def subjects(group: Group) -> str:
    """Whose plans these are, all of few and the number of many."""
    if len(group.plans) <= 3:
        return ", ".join(map(subject, group.plans))
    environments = counted(len({plan.environment for plan in group.plans}), "environment")
    clusters = f"{counted(len(group.plans), 'cluster')} in " if group.first.cluster else ""
    return f"{clusters}{environments} ({subject(group.first)}, {subject(group.plans[1])}, …)"


def effects(plan: Plan) -> list[tuple[ClusterPlan, Effect]]:
    """Every effect with the cluster it is of."""
    return [(cluster, effect) for cluster in plan.clusters for effect in cluster.effects]


def worst(plan: Plan) -> tuple[ClusterPlan, Effect] | None:
    """The worst effect nobody has accepted, else the worst; None without any."""
    return max(
        effects(plan),
        key=lambda pair: (not pair[1].accepted, pair[1].risk, _ORDER.index(pair[1].kind)),
        default=None,
    )


def reached(plan: Plan, thresholds: Iterable[str]) -> bool:
    """Whether an effect that nobody has accepted is of one of these kinds, or of one of these risks or a higher."""
    words = set(thresholds)
    least = min((risk for risk in Risk if str(risk) in words), default=None)
    return any(
        effect.kind in words or (least is not None and effect.risk >= least)
        for _, effect in effects(plan)
        if not effect.accepted
    )


def has_errors(plan: Plan) -> bool:
    """Whether something is wrong with the plan itself: not declared, not readable."""
    return any(finding.severity is Severity.ERROR and finding.state is State.OPEN for finding in plan.findings)


def counts(plan: Plan) -> dict[str, int]:
    """How many objects are added, changed, removed and renamed, and in how many clusters and environments."""
    kinds: dict[Any, ChangeKind] = {}
    for _, effect in effects(plan):
        for change in effect.changes:
            kinds[change.object] = ChangeKind.CHANGED if change.path else change.kind
    found = {str(kind): sum(1 for one in kinds.values() if one is kind) for kind in ChangeKind}
    found["clusters"] = sum(1 for each in plan.clusters if each.cluster)
    found["environments"] = len({each.environment for each in plan.clusters if each.environment})
    found["unchanged"] = plan.unchanged
    found["accepted"] = sum(1 for _, effect in effects(plan) if effect.accepted)
    found["errors"] = sum(1 for each in plan.findings if each.severity is Severity.ERROR)
    found["warnings"] = sum(1 for each in plan.findings if each.severity is Severity.WARNING)
    return found


def verdict(plan: Plan) -> str:
    """The plan in one line: counts, the worst effect, and whether it is the whole truth."""
    count = counts(plan)
    problems = [counted(count[f"{word}s"], word) for word in ("error", "warning") if count[f"{word}s"]]
    behind = f"; {', '.join(problems)}" if problems else ""
    first = worst(plan)
    if first is None:
        said = "nothing that could be compared differs" if has_errors(plan) else "no changes"
        return f"Plan: {said}, {counted(count['unchanged'], 'environment')} unchanged{behind}."
    words = (("added", "to add"), ("changed", "to change"), ("removed", "to remove"), ("renamed", "to rename"))
    objects = ", ".join(f"{count[word]:,} {said}" for word, said in words if count[word] or word != "renamed")
    where = f"{counted(count['clusters'], 'cluster')} of {counted(count['environments'], 'environment')}"
    cluster, effect = first
    accepted = f", {count['accepted']:,} accepted" if count["accepted"] else ""
    worst_said = f"worst: {effect.kind} ({effect.risk}) in {subject(cluster)}{accepted}"
    return f"Plan: {objects}, in {where}, {count['unchanged']:,} unchanged; {worst_said}{behind}."


def value(change: Change, side: str) -> str:
    """A value in few words; nothing of what a Secret holds."""
    found = change.old if side == "old" else change.new
    if found is MISSING:
        return "(not set)"
    if is_secret(change):
        return "(hidden)"
    text = found if isinstance(found, str) and found else json.dumps(found, ensure_ascii=False, default=str)
    return text if len(text) <= _MAX_VALUE else f"{text[:_MAX_VALUE]}…"


def is_secret(change: Change) -> bool:
    """Whether a value may be one that nobody should read in a log."""
    if change.object.kind == "Secret" and (not change.path or change.path[0] in ("data", "stringData")):
        return True
    return bool(change.path) and any(is_in(each, change.path[-1]) for each in (change.old, change.new))


def difference(change: Change) -> str:
    """A change as one line behind its symbol."""
    key = change.object
    name = "/".join(filter(None, (key.namespace, key.name)))
    if not change.path:
        was = f" (was {change.renamed_from})" if change.renamed_from else ""
        return f"{key.kind} {name}{was}"
    path = ".".join(map(str, change.path))
    if change.renamed_from:
        return f"{key.kind} {name} {path} (was {change.renamed_from})"
    if change.kind is ChangeKind.ADDED:
        return f"{key.kind} {name} {path}: {value(change, 'new')}"
    if change.kind is ChangeKind.REMOVED:
        return f"{key.kind} {name} {path}: {value(change, 'old')}"
    return f"{key.kind} {name} {path}: {value(change, 'old')} → {value(change, 'new')}"


def _not_reverted(plan: ClusterPlan) -> str:
    """What a revert does not undo; the effects themselves say why."""
    rules = list(dict.fromkeys(effect.rule for effect in plan.effects if effect.undo))
    return f"does not undo {', '.join(rules)}" if rules else ""


def facts(plan: ClusterPlan) -> list[tuple[str, str]]:
    """What follows for a cluster, each with the word for it."""
    pods = counted(plan.pod_restarts, "pod restart") if plan.pod_restarts else ""
    moves = counted(plan.switchovers, "switchover") if plan.switchovers else ""
    rows = [
        ("pods", ", ".join(filter(None, (pods, moves)))),
        ("writes", plan.writes),
        ("reads", plan.reads),
        ("takes", _LASTING.get(plan.duration, plan.duration)),
        ("revert", _not_reverted(plan)),
        *(("by hand", step) for step in plan.by_hand),
        ("backup", plan.during_backup),
        *(("delivery", each) for each in plan.delivery),
    ]
    return [(word, said) for word, said in rows if said]
