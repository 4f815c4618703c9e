"""No node of the target takes a pod: its labels are not what is asked for, or its taints are not tolerated.

## Why

The pod stays Pending, and the operator waits for it: a new cluster never comes up, and a rolling restart stops at its
first pod. What nodes there are stands in the target's base, `target.nodePools`.

## How to fix

Write the labels the pool has, and tolerate its taints:

```yaml
nodeSelector: {workload: databases}
tolerations: [{key: workload, operator: Equal, value: databases, effect: NoSchedule}]
```

Labels that a pool has and the base does not list are listed there: `nodePools: {databases: {labels: {…}}}`.
"""

from collections.abc import Iterator

from pggitops import placement, sizing
from pggitops.findings import Path, Severity, Violation, did_you_mean
from pggitops.model import Cluster, NodePool, Pods
from pggitops.policies import Facts

severity = Severity.ERROR
lenient = Severity.WARNING


def check_cluster(facts: Facts, cluster: Cluster) -> Iterator[Violation]:
    target = facts.environment.target
    pools = list(target.node_pools.values())
    if not pools:
        return
    _, resource = facts.resource(cluster)
    told = set()
    for path, holder, pods in placement.placed(resource.document):
        cause = (pods.terms, pods.tolerations)
        if placement.has_room(target, pods) is not None or cause in told:
            continue
        told.add(cause)
        matching = [pool for pool in pools if placement.matches(pool, pods)]
        # labels nobody declares are not known to be missing
        if not matching and any(pool.labels for pool in pools):
            yield _unlabelled(pools, pods, sizing.word(cluster, path, holder, "nodeSelector"))
        elif matching:
            yield _tainted(matching[0], pods, sizing.word(cluster, path, holder, "tolerations"))


def _unlabelled(pools: list[NodePool], pods: Pods, path: Path) -> Violation:
    alone = [pods._replace(terms=((each,),)) for each in pods.terms[0]]
    missing = [one for one in alone if not any(placement.matches(pool, one) for pool in pools)] or alone
    wanted = " and ".join(_said(*one.terms[0][0]) for one in missing)
    known = {f"{key}={value}" for pool in pools for key, value in pool.labels.items()}
    message = f"{pods.what} wants a node with {wanted}, and no pool has that{did_you_mean(wanted, known)}"
    fix = f"The pools have {', '.join(sorted(known))}."
    return Violation(message, fix, path)


def _tainted(pool: NodePool, pods: Pods, path: Path) -> Violation:
    taint = placement.intolerable(pool, pods) or {}
    key, value, effect = taint.get("key", ""), taint.get("value"), taint.get("effect", "")
    message = f"{pods.what} does not tolerate {key}{f'={value}' if value else ''}:{effect} of pool {pool.name}"
    how = f"operator: Equal, value: {value}" if value else "operator: Exists"
    fix = f"Write `tolerations: [{{key: {key}, {how}, effect: {effect}}}]`."
    return Violation(message, fix, path)


def _said(key: str, operator: str, values: tuple[str, ...]) -> str:
    if operator == "In":
        return f"{key}={'|'.join(values)}"
    return key if operator == "Exists" else f"{key} {operator} {'|'.join(values)}".rstrip()
