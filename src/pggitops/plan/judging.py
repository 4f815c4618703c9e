"""The changes of one environment become plans of its clusters and findings."""

from __future__ import annotations

import datetime
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import replace

from pggitops import placing
from pggitops.findings import Finding, Severity
from pggitops.model import EMPTY, Acceptance, Tombstone
from pggitops.plan import accepting, effects, overlays, places, summary, tombstones
from pggitops.plan.effects import context as contexts
from pggitops.plan.model import Change, ClusterPlan, Effect, ObjectKey, Side, SideObject
from pggitops.plan.overlays import Overlays
from pggitops.plan.places import Where
from pggitops.record import record


@record
class Case:
    """An environment (without a name: the fleet's own objects) with both sides, as far as it has differences.

    `head` is its overlay on the new side, None where it is gone; `everywhere` are all objects of the new side that an
    old one of this environment may have become; `accept` is what the word about its removal accepts.
    """

    environment: str
    old: Side
    new: Side
    head: placing.Context | None
    base: Overlays
    today: datetime.date
    everywhere: Mapping[ObjectKey, SideObject]
    accept: Mapping[str, Acceptance] = EMPTY


@record
class Verdict:
    """What there is to say of an environment."""

    environment: str
    plans: tuple[ClusterPlan, ...] = ()
    findings: tuple[Finding, ...] = ()


def judge(case: Case, changes: Iterable[Change], of_base: bool = True) -> Verdict:
    """What the changes of an environment do, and what had to be declared; nothing had where there is no base."""
    where = Where(case.head, case.base, case.environment)
    acceptances = case.head.environment.accept if case.head else case.accept
    plans = list(_plans(case, where, changes, acceptances))
    findings = list(_declared(case, where)) if case.head is not None and of_base else []
    findings += _unplaced(case)
    used = [effect.accepted for plan in plans for effect in plan.effects if effect.accepted]
    if of_base:
        findings += accepting.judged(where, case.environment, acceptances, used, case.today)
    return Verdict(case.environment, tuple(plans), tuple(findings))


def _plans(
    case: Case, where: Where, changes: Iterable[Change], acceptances: Mapping[str, Acceptance]
) -> Iterator[ClusterPlan]:
    by_cluster: dict[str, list[Change]] = {}
    for change in changes:
        by_cluster.setdefault(change.cluster, []).append(change)
    expandable = _expandable(case.head)
    for cluster, own in sorted(by_cluster.items()):
        context = replace(contexts.of(own, case.old, case.new, expandable), is_cut=_is_cut(case.head, cluster))
        found = [_placed(where, effect) for effect in effects.of(own, context)]
        found = accepting.accepted(found, cluster, acceptances, case.today)
        yield summary.of(case.environment, cluster, found, context)


def _placed(where: Where, effect: Effect) -> Effect:
    return effect if effect.place else replace(effect, place=places.of_effect(where, effect))


def _expandable(head: placing.Context | None) -> dict[str, bool]:
    if head is None:
        return {}
    classes = head.environment.target.storage_classes
    return {name: each.expandable for name, each in classes.items() if each.expandable is not None}


def _is_cut(head: placing.Context | None, cluster: str) -> Callable[[], bool] | None:
    """Whether something that the cluster (without a name: any) needs is denied on the new side, asked late."""
    if head is None or not head.manifests or (cluster and cluster not in head.environment.clusters):
        return None

    def asked() -> bool:
        from pggitops.network.reachability import reachability  # few changes take a connection away

        known = reachability(head.environment, head.manifests)
        return any(cluster in ("", need.cluster) and known.cut(need) is not None for need in known.needs())

    return asked


def _declared(case: Case, where: Where) -> Iterator[Finding]:
    assert case.head is not None
    declared = case.head.environment.removed
    found = list(tombstones.gone(case.old, case.everywhere))
    if not found and not declared:
        return
    before = _before(case.base, case.environment) if declared else EMPTY
    yield from tombstones.judged(where, case.environment, found, declared, before)


def _before(base: Overlays, name: str) -> Mapping[str, Tombstone]:
    context = overlays.context(base, name)
    return context.environment.removed if context else EMPTY


def _unplaced(case: Case) -> Iterator[Finding]:
    """Word that the base's overlay was asked for a place and cannot be rendered."""
    wrong = overlays.asked(case.base, case.environment)
    if wrong:
        message = f"{case.environment} fails its own checks on the base: {wrong[0].message}"
        fix = "What is gone is shown at the line of its manifest instead of its overlay's."
        yield Finding("plan-base-broken", Severity.INFO, message, fix, wrong[0].place, "", case.environment)


def unchanged(head: placing.Context, base: Overlays, today: datetime.date) -> Verdict | None:
    """What there is to say of an environment without differences: what it declares and accepts is for nothing."""
    environment = head.environment
    if not environment.removed and not environment.accept:
        return None
    case = Case(head.name, {}, {}, head, base, today, {})
    return judge(case, ())


def ended(name: str, accept: Mapping[str, Acceptance], base: Overlays, today: datetime.date) -> Verdict:
    """What there is to say of an environment that is gone for long: what it accepts is for nothing."""
    return judge(Case(name, {}, {}, None, base, today, {}, accept), ())
