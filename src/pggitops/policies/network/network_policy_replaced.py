"""A NetworkPolicy has the name of another, and replaces it.

## Why

Two objects of one name are one object: what is applied last stands, the other is gone. A file in `manifests/` that is
called like a rendered policy, `payments-default-deny` for one, takes away what keeps the database closed, or what opens
it to pgBouncer, and both engines fight over it at each sync.

## How to fix

Give it a name of its own. Policies add up: beside the rendered ones it says only what it opens more.
"""

from collections.abc import Iterator

from pggitops.findings import Severity, Violation
from pggitops.policies import Facts

severity = Severity.ERROR
about = {"ready": ("NetworkPolicy",)}


def check_environment(facts: Facts) -> Iterator[Violation]:
    reach = facts.reachability()
    if not reach.foreign:
        return
    names = {(policy.namespace, policy.name) for policy in reach.policies if not policy.source}
    for policy in reach.foreign:
        identity = policy.namespace, policy.name
        if identity in names:
            message = f"the NetworkPolicy {policy.name} is there already, and one replaces the other"
            yield Violation(message, "Give it a name of its own.", ("metadata", "name"), manifest=policy.id)
        names.add(identity)
