"""A waiver has expired, lasts longer than allowed, or permits what may not be waived.

## Why

A waiver is a debt with a date. Past it, it holds for the days of `waiverRules.grace` with a warning; then the
permission is gone and its findings count again; one without an end in sight is no waiver but a changed policy,
which belongs in a base.

## How to fix

Mend what it permits and remove it; or have its owner renew it with a reason and a date.
"""

import datetime
from collections.abc import Iterator

from pggitops import units
from pggitops.findings import Severity, Violation
from pggitops.policies import Facts

severity = Severity.ERROR
about = {"words": ("waivers",)}


def check_environment(facts: Facts) -> Iterator[Violation]:
    rules = facts.environment.waiver_rules
    grace = datetime.timedelta(seconds=units.seconds(rules.grace))
    longest = datetime.timedelta(seconds=units.seconds(rules.longest))
    for name, waiver in facts.environment.waivers.items():
        path = ("waivers", name)
        expires = datetime.date.fromisoformat(waiver.expires)
        if expires < facts.today:
            fix = f"Mend what it permits and remove it, or let {waiver.owner} renew it."
            holds = expires + grace >= facts.today
            message = f"the waiver expired on {expires}" + (f" and holds until {expires + grace}" if holds else "")
            weight = Severity.WARNING if holds else None
            yield Violation(message, fix, (*path, "expires"), severity=weight)
        elif expires - facts.today > longest:
            message = f"the waiver lasts until {expires}, more than {rules.longest}"
            yield Violation(message, f"Choose a day before {facts.today + longest}.", (*path, "expires"))
        if waiver.policy in rules.unwaivable:
            message = f"{waiver.policy} may not be waived (`waiverRules.unwaivable`)"
            yield Violation(message, "Mend what it permits.", (*path, "policy"))
