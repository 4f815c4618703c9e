"""A toleration or an affinity is one that no pod may have.

## Why

The CRD takes it, and the operator copies it into the StatefulSets, Deployments and Jobs it makes. Those the API server
refuses: a new cluster never comes up, and of a cluster that runs nothing is changed any more (ValidateTolerations and
ValidateNodeSelectorRequirement of Kubernetes' pkg/apis/core/validation).

## How to fix

Write what Kubernetes takes: a key with every operator but `Exists`, a value with `Equal` alone, values with `In`:

```yaml
tolerations: [{key: workload, operator: Equal, value: databases, effect: NoSchedule}]
```
"""

from collections.abc import Iterator

from pggitops import scheduling
from pggitops.findings import Severity, Violation
from pggitops.model import Cluster
from pggitops.policies import Facts

severity = Severity.ERROR
about = {
    "words": (
        "instances.tolerations",
        "instances.affinity",
        "instances.sets",
        "pgbouncer.tolerations",
        "pgbouncer.affinity",
        "patch",
    )
}


def check_cluster(facts: Facts, cluster: Cluster) -> Iterator[Violation]:
    name, resource = facts.resource(cluster)
    told = set()
    for found in scheduling.refused(resource.document):
        # the repository host and backup jobs are placed as the instances are
        cause = (found.why, found.path[len(found.holder) :])
        if cause not in told:
            told.add(cause)
            yield Violation(f"the pods are refused: {found.why}", found.fix, found.path, manifest=name)
