"""Effects that somebody has accepted in the overlay: for a reason, under a name, until a day."""

from __future__ import annotations

import datetime
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace

from pggitops.findings import Finding, Severity
from pggitops.model import Acceptance
from pggitops.plan import places
from pggitops.plan.model import Effect
from pggitops.plan.places import Where


def holds(acceptance: Acceptance, today: datetime.date) -> bool:
    """Whether its last day is not over."""
    return datetime.date.fromisoformat(acceptance.expires) >= today


def accepted(
    effects: Iterable[Effect], cluster: str, acceptances: Mapping[str, Acceptance], today: datetime.date
) -> list[Effect]:
    """The effects, those marked that an acceptance takes which still holds."""
    own = [
        each
        for each in acceptances.values()
        if holds(each, today) and (each.cluster is None or each.cluster == cluster)
    ]

    def taken(effect: Effect) -> Effect:
        name = next((each.name for each in own if each.effect in (effect.rule, effect.kind)), "")
        return replace(effect, accepted=name) if name else effect

    return [taken(effect) for effect in effects]


def judged(
    where: Where,
    name: str,
    acceptances: Mapping[str, Acceptance],
    used: Sequence[str],
    today: datetime.date,
) -> Iterator[Finding]:
    """What has expired or accepts nothing here; `used` are the names that accepted something."""
    for each in acceptances.values():
        at = f"accept.{each.name}"
        place = places.in_environment(where, name, ("accept", each.name), at_key=True)
        if not holds(each, today):
            message = f"the acceptance {each.name} has expired on {each.expires} and holds no more"
            fix = "Remove it, or have it agreed on anew."
            yield Finding("accept-expired", Severity.WARNING, message, fix, place, at, name, each.cluster or "")
        elif each.name not in used:
            message = f"the acceptance {each.name} is not needed: this change has no effect {each.effect}"
            fix = "Correct what it names, or remove it."
            yield Finding("accept-unused", Severity.WARNING, message, fix, place, at, name, each.cluster or "")
