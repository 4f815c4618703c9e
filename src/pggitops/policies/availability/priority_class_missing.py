"""A production database is no more important to the scheduler than anything else.

## Why

When nodes are full, pods with a higher priority push out those with a lower one, and a node that runs short of memory
evicts by priority as well. Without a class a database has 0, like a batch job (Kubernetes, Pod Priority and
Preemption).

## How to fix

Name a class that the target has, best in the tier's base: `defaults: {instances: {priorityClass: databases}}`.
"""

from collections.abc import Iterator

from pggitops import sizing
from pggitops.findings import Severity, Violation
from pggitops.model import Cluster, is_lenient
from pggitops.policies import Facts

severity = Severity.INFO


def check_cluster(facts: Facts, cluster: Cluster) -> Iterator[Violation]:
    if is_lenient(facts.environment.tier_of(cluster)):
        return
    name, resource = facts.resource(cluster)
    for path, instance_set in sizing.instance_sets(resource.document):
        if not instance_set.get("priorityClassName"):
            message = f"{instance_set['name']} has no priority class"
            at = (*path, "priorityClassName")
            yield Violation(message, "Write `priorityClass: databases`, or what the target has.", at, manifest=name)
            return
