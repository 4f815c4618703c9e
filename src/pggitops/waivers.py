"""Waivers: which findings they permit, and who may make a policy weigh less."""

from __future__ import annotations

import datetime
from collections.abc import Iterable, Iterator
from typing import Any

from pggitops import policies, units
from pggitops.compose import Layer
from pggitops.compose.merge import expanded
from pggitops.findings import Finding, Severity, Violation
from pggitops.model import Environment, EnvironmentSummary, Waiver, is_lenient
from pggitops.policies import Policy


def waive(
    findings: list[Finding], environment: Environment | EnvironmentSummary, today: datetime.date
) -> list[Finding]:
    """The findings, with those marked that a waiver permits which has not expired, or whose grace is not over."""
    rules = environment.waiver_rules
    grace = datetime.timedelta(seconds=units.seconds(rules.grace))
    waivers = [
        waiver
        for waiver in environment.waivers.values()
        if datetime.date.fromisoformat(waiver.expires) + grace >= today and waiver.policy not in rules.unwaivable
    ]
    return [_waived(finding, waivers) for finding in findings] if waivers else findings


def _waived(finding: Finding, waivers: list[Waiver]) -> Finding:
    for waiver in waivers:
        if _permits(waiver, finding):
            return finding.waived_by(waiver.name)
    return finding


def _permits(waiver: Waiver, finding: Finding) -> bool:
    if waiver.policy != finding.policy or waiver.cluster not in (None, finding.cluster):
        return False
    about = finding.object
    return waiver.object is None or (about is not None and waiver.object == f"{about.kind}/{about.name}")


def unused(findings: list[Finding], waivers: Iterable[Waiver]) -> Iterator[Violation]:
    """Waivers that permit nothing: what they were for is mended, or they name the wrong cluster or object."""
    used = {finding.waiver for finding in findings}
    for waiver in waivers:
        if waiver.name not in used:
            where = "".join(f" in {place}" for place in (waiver.object, waiver.cluster) if place)
            message = f"the waiver permits nothing: there is no {waiver.policy}{where}"
            yield Violation(message, "Remove it.", ("waivers", waiver.name), "waiver-unused", at_key=True)


def lowered(layers: tuple[Layer, ...], environment: Environment, more: Iterable[Policy] = ()) -> Iterator[Violation]:
    """Policies that an environment's own file makes weigh or find less than its bases do: that takes a waiver.

    Which way a setting weakens its policy is the policy's own affair, so any that says something else is refused.
    `more` are the policies of the repository's own.
    """
    own = _settings(layer for layer in layers if layer.schema != "base")
    if not own:
        return
    bases = _settings(layer for layer in layers if layer.schema == "base")
    for policy in (*policies.catalogue(), *more):
        settings, before = own.get(policy.id) or {}, bases.get(policy.id, {})
        if "severity" in settings:
            yield from _lowered(policy, Severity.parse(settings["severity"]), before, environment)
        for name, setting in settings.items():
            if name != "severity" and before.get(name) != setting:
                message = f"an environment may not set `{name}` of {policy.id}"
                yield Violation(message, _instead(policy, "set"), ("policies", policy.id, name), "policy-lowered")


def _lowered(policy: Policy, own: Severity, bases: dict[str, Any], environment: Environment) -> Iterator[Violation]:
    default = policy.lenient if is_lenient(environment.tier) else policy.severity
    before = Severity.parse(bases["severity"]) if "severity" in bases else default
    if own < before:
        message = f"an environment may not lower {policy.id} from {before} to {own}"
        yield Violation(message, _instead(policy, "lower"), ("policies", policy.id), "policy-lowered")


def _instead(policy: Policy, what: str) -> str:
    return (
        f"Write a waiver: `waivers: {{why-it-is-so: {{policy: {policy.id}, reason: …, owner: …, "
        f"expires: YYYY-MM-DD}}}}`; or {what} it in a base."
    )


def _settings(layers: Iterator[Layer]) -> dict[str, dict[str, Any]]:
    """What layers say of each policy, the later ones over the earlier."""
    found: dict[str, dict[str, Any]] = {}
    for layer in layers:
        for name, settings in (expanded(layer.document).get("policies") or {}).items():
            if isinstance(settings, dict):
                found.setdefault(name, {}).update(settings)
    return found
