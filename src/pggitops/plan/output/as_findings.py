"""Effects as findings at the overlay's lines, for SARIF, GitHub and GitLab."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import TextIO

from pggitops import output
from pggitops.findings import Finding, ObjectRef, Place, Severity, State, dotted, order
from pggitops.output import PolicyInfo, Report
from pggitops.output.github import MAX_SUMMARY
from pggitops.plan.model import ClusterPlan, Effect, EffectKind, Plan, Risk
from pggitops.plan.output import markdown
from pggitops.plan.output.view import View, counts

_SEVERITIES = {
    Risk.LOW: Severity.INFO,
    Risk.MEDIUM: Severity.WARNING,
    Risk.HIGH: Severity.ERROR,
    Risk.CRITICAL: Severity.ERROR,
}


def write(plan: Plan, view: View, output_format: str, stream: TextIO) -> None:
    """Every effect that does something, as a finding of the policy `plan-<rule>`; then those of the plan itself."""
    found = sorted([*_effects(plan), *plan.findings], key=order)
    count = counts(plan)
    environments = count["environments"] + count["unchanged"]
    rules = {one.policy: _rule(one.policy, effect) for one, effect in _named(plan)}
    report = Report("plan", environments, tuple(found), count, policies=rules, root=view.root)
    if output_format == "github":
        report = replace(report, page=markdown.rendered(plan, view, MAX_SUMMARY))
    output.write(report, output_format, stream)


def _effects(plan: Plan) -> Iterator[Finding]:
    for finding, _ in _named(plan):
        yield finding


def _named(plan: Plan) -> Iterator[tuple[Finding, Effect]]:
    for cluster in plan.clusters:
        for effect in cluster.effects:
            if effect.kind is not EffectKind.NONE:
                yield _finding(cluster, effect), effect


def _finding(cluster: ClusterPlan, effect: Effect) -> Finding:
    change = effect.changes[0] if effect.changes else None
    fix = "See `pggitops plan --steps` for a safe way." if effect.steps else ""
    found = Finding(
        f"plan-{effect.rule}",
        _SEVERITIES[effect.risk],
        f"{effect.kind} ({effect.risk}): {effect.message}",
        fix,
        effect.place or Place("environments"),
        "",
        cluster.environment,
        cluster.cluster,
        ObjectRef(
            change.object.group,
            change.object.kind,
            change.object.namespace,
            change.object.name,
            dotted(change.path),
        )
        if change
        else None,
    )
    return replace(found, state=State.WAIVED, waiver=effect.accepted) if effect.accepted else found


def _rule(policy: str, effect: Effect) -> PolicyInfo:
    page = "\n\n".join(filter(None, (effect.why, f"Source: {effect.source}" if effect.source else "")))
    return PolicyInfo(policy, effect.rule.replace("-", " "), page, "plan", _SEVERITIES[effect.risk])
