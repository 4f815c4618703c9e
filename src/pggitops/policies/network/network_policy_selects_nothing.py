"""A NetworkPolicy is meant for pods of the operator's, and selects none.

## Why

A label with a typo, or one the operator stopped setting (`role: master` is `primary` since Patroni 4), makes a policy
that does nothing and says nothing. What it was to deny stays open, what it was to open stays closed.

## How to fix

The labels of each kind of pod, besides `postgres-operator.crunchydata.com/cluster`, which all of a cluster have:

| pods | label |
|---|---|
| instances | `postgres-operator.crunchydata.com/data: postgres` |
| pgBouncer | `postgres-operator.crunchydata.com/role: pgbouncer` |
| repository host | `postgres-operator.crunchydata.com/data: pgbackrest` |
| backup and restore jobs | `postgres-operator.crunchydata.com/pgbackrest`, without `pgbackrest-dedicated` |
"""

from collections.abc import Iterator

from pggitops.findings import Severity, Violation, did_you_mean
from pggitops.network.engine import selects_pod
from pggitops.network.rules import NetworkPolicy
from pggitops.network.selectors import demanded, words
from pggitops.parts.names import PREFIX
from pggitops.policies import Facts

severity = Severity.ERROR
lenient = Severity.WARNING
about = {"ready": ("NetworkPolicy",)}

OURS = (f"{PREFIX}/", "pgv2.percona.com/")
# what cannot be told before the pod is there
DRAWN = [f"{PREFIX}/{name}" for name in ("instance", "pgbackrest-repo", "pgbackrest-backup", "pgupgrade")]


def check_environment(facts: Facts) -> Iterator[Violation]:
    reach = facts.reachability()
    for policy in reach.foreign:
        keys = [*policy.pods.labels, *[key for key, _, _ in policy.pods.expressions]]
        is_here = policy.namespace == facts.environment.namespace.name
        if not is_here or not any(key.startswith(OURS) for key in keys) or any(key in DRAWN for key in keys):
            continue
        if not any(selects_pod(policy, pod) for pod in reach.pods):
            message = (
                f"the NetworkPolicy {policy.name} selects no pod: {words(policy.pods)}{_hint(facts, policy, keys)}"
            )
            fix = "Correct its podSelector to labels that the operator sets."
            yield Violation(message, fix, ("spec", "podSelector"), manifest=policy.id)


def _hint(facts: Facts, policy: NetworkPolicy, keys: list[str]) -> str:
    """The closest label or value there is, for the first that no pod has."""
    pods = facts.reachability().pods
    for key in keys:
        known = {pod.labels[key] for pod in pods if key in pod.labels}
        if not known:
            return did_you_mean(key, {label for pod in pods for label in pod.labels})
        for value in demanded(policy.pods, key) or ():
            if value not in known:
                return did_you_mean(value, known)
    return ""
