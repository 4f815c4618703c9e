"""A word of `operator` says where it runs or what it watches, and the operator is the environment's own.

## Why

An operator of scope `namespace` that is installed from here runs in the environment's namespace and watches that one.
Whoever wrote `namespace` or `watch` takes it to be elsewhere, or to look after others too.

## How to fix

Remove the word, with null where a base says it (`operator: {namespace: null}`). Where several environments are to have
one operator, say `scope: cluster`.
"""

from collections.abc import Iterator

from pggitops.findings import Severity, Violation
from pggitops.policies import Facts

severity = Severity.WARNING


def check_environment(facts: Facts) -> Iterator[Violation]:
    operator, own = facts.environment.operator, facts.environment.namespace.name
    if not operator.install or operator.scope != "namespace":
        return
    if operator.namespace not in (None, own):
        message = f'the operator runs in "{own}", whatever `namespace` says, for its scope is "namespace"'
        yield Violation(message, "Remove it, or write `scope: cluster`.", ("operator", "namespace"))
    if set(operator.watch) - {own}:
        message = f'the operator watches "{own}" alone, whatever `watch` says, for its scope is "namespace"'
        yield Violation(message, "Remove it, or write `scope: cluster`.", ("operator", "watch"))
