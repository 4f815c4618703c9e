"""A protected cluster has lost the guard that keeps the GitOps engine from deleting it.

## Why

Argo CD deletes an object with Prune=false all the same when its Application is deleted, unless Delete=false stands
there too (argo-cd#12388), and Flux prunes what has no `prune: disabled`. Both read one annotation: a patch that sets it
anew takes the guard away, and what is pruned is the database.

## How to fix

Leave the annotation to `protected: true`; for another sync option write all of them:

```yaml
patch:
  metadata:
    annotations: {argocd.argoproj.io/sync-options: "Prune=false,Delete=false,SkipDryRunOnMissingResource=true"}
```

To let the cluster go, write `protected: false`.
"""

from collections.abc import Iterator

from pggitops.findings import Severity, Violation
from pggitops.model import Cluster
from pggitops.parts.names import guards, is_protected
from pggitops.policies import Facts

severity = Severity.ERROR


def check_cluster(facts: Facts, cluster: Cluster) -> Iterator[Violation]:
    name, resource = facts.resource(cluster)
    annotations = resource.document["metadata"].get("annotations") or {}
    for key, value in guards(facts.environment, is_protected(facts.environment, cluster)).items():
        there = annotations.get(key) or ""
        missing = [option for option in value.split(",") if option not in there.replace(" ", "").split(",")]
        if missing:
            message = f'{cluster.name} is protected, and {key} is "{there}": {", ".join(missing)} is missing'
            fix = f'Remove what sets it, or write "{value}" with it.'
            yield Violation(message, fix, ("metadata", "annotations", key), manifest=name)
