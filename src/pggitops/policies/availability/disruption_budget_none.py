"""All instances or all pgBouncers of a production database may be evicted at once.

## Why

`minAvailable: 0` takes the PodDisruptionBudget away. A drain of several nodes, as in every upgrade of a node pool, then
moves the primary and its replicas in the same minute.

## How to fix

Leave it out: 1 then, where there is more than one replica; or write one less than the replicas.
"""

from collections.abc import Iterator

from pggitops import disruption
from pggitops.findings import Severity, Violation
from pggitops.model import Cluster, is_lenient
from pggitops.policies import Facts

severity = Severity.WARNING
lenient = Severity.INFO


def check_cluster(facts: Facts, cluster: Cluster) -> Iterator[Violation]:
    if is_lenient(facts.environment.tier_of(cluster)):
        return
    name, resource = facts.resource(cluster)
    for budget in disruption.budgets(resource.document):
        if budget.stay == 0 and budget.replicas > 1:
            message = f"none of {budget.replicas} {budget.who} must stay when nodes are drained"
            fix = f"Remove it, or write `minAvailable: {budget.replicas - 1}`."
            yield Violation(message, fix, (*budget.path, "minAvailable"), manifest=name)
