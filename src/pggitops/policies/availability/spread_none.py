"""All instances or all pgBouncers of a production database may run on one node.

## Why

Without a rule the scheduler only prefers to spread them: on a busy cluster they meet on one node, and its loss takes
the primary and everything that could take over.

## How to fix

Leave `spread` out, which is `zone`; where there is one zone, write `spread: host`.
"""

from collections.abc import Iterator

from pggitops import sizing
from pggitops.findings import Severity, Violation
from pggitops.model import Cluster, is_lenient
from pggitops.policies import Facts

severity = Severity.WARNING
lenient = Severity.INFO


def check_cluster(facts: Facts, cluster: Cluster) -> Iterator[Violation]:
    if is_lenient(facts.environment.tier_of(cluster)):
        return
    _, resource = facts.resource(cluster)
    holders = [*sizing.instance_sets(resource.document), (sizing.POOLER, sizing.pooler(resource.document))]
    for path, holder in holders:
        rules = holder.get("topologySpreadConstraints") or ()
        must = any(rule.get("whenUnsatisfiable") == "DoNotSchedule" for rule in rules)
        apart = ((holder.get("affinity") or {}).get("podAntiAffinity") or {}).get(
            "requiredDuringSchedulingIgnoredDuringExecution"
        )
        if holder.get("replicas", 1) > 1 and not must and not apart:
            who = f"{holder['replicas']} instances of {holder['name']}" if "name" in holder else "all pgBouncers"
            message = f"{who} may run on one node"
            # a list that is not there has no place in the manifest
            yield Violation(
                message, "Write `spread: zone`, or `spread: host`.", sizing.word(cluster, path, holder, "spread")
            )
