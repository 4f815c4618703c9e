"""Nodes cannot be drained, because as many pods must stay as there are.

## Why

`minAvailable` becomes a PodDisruptionBudget. Where it is the number of replicas, no pod may ever be evicted: an upgrade
of the nodes waits until somebody deletes the pod by hand, or until the provider does it by force (Kubernetes,
Disruptions).

## How to fix

Write one less than the replicas, or leave it out: 1 then, where there is more than one replica.
"""

from collections.abc import Iterator

from pggitops import disruption
from pggitops.findings import Severity, Violation
from pggitops.model import Cluster
from pggitops.policies import Facts

severity = Severity.WARNING
lenient = Severity.INFO


def check_cluster(facts: Facts, cluster: Cluster) -> Iterator[Violation]:
    name, resource = facts.resource(cluster)
    for budget in disruption.budgets(resource.document):
        if budget.stay >= budget.replicas:
            message = f"{budget.written} of {budget.replicas} {budget.who} must stay: none may be moved"
            fix = f"Write `minAvailable: {budget.replicas - 1}`." if budget.replicas > 1 else "Remove it."
            yield Violation(message, fix, (*budget.path, "minAvailable"), manifest=name)
