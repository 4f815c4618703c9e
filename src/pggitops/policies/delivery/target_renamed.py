"""The environment gives its target another name, but keeps what a base says of the one it was.

## Why

`target.name` is the destination: Argo CD applies to the cluster it knows by this name. Storage classes, addresses and
nodes are still those of the base's target, so either the name is a mistake and goes to a destination nobody
declared, or all checks are made against another cluster.

## How to fix

List the base of the target that is meant, and leave `target` out of the environment; a new target gets a base of
its own.
"""

from collections.abc import Iterator

from pggitops.findings import Severity, Violation, did_you_mean
from pggitops.policies import Facts

severity = Severity.ERROR


def check_environment(facts: Facts) -> Iterator[Violation]:
    at = ("target", "name")
    name, declared = facts.environment.target.name, facts.in_bases(at)
    if declared not in (None, name):
        message = f'the target is "{name}", but what is known of it is what a base says of "{declared}"'
        fix = "List the base of the target that is meant, and remove `target.name`."
        yield Violation(message + did_you_mean(name, [declared]), fix, at)
