"""A cluster starts from a backup and names no image of pgBackRest.

## Why

The data comes in by a Job with that image. The operator refuses `dataSource` without `backups.pgbackrest.image`, also
where backups are off; the API server takes it, and the cluster never starts (`Validate` of the operator's
`perconapgcluster_types.go`, 3.0.0).

## How to fix

Leave the image alone in `patch`; its place in an overlay is `backups.image`.
"""

from collections.abc import Iterator

from pggitops.findings import Severity, Violation
from pggitops.policies import Facts

severity = Severity.ERROR


def check_environment(facts: Facts) -> Iterator[Violation]:
    for name, manifest in facts.of_kind("PerconaPGCluster"):
        spec = manifest.document.get("spec") or {}
        pgbackrest = (spec.get("backups") or {}).get("pgbackrest") or {}
        if spec.get("dataSource") is None or pgbackrest.get("image"):
            continue
        message, fix = "dataSource is given and pgBackRest has no image", "Give pgBackRest its image."
        cluster = facts.environment.clusters.get(manifest.cluster)
        if cluster and cluster.bootstrap:
            yield Violation(message, fix, ("clusters", cluster.name, "bootstrap"))
        else:
            yield Violation(message, fix, ("spec", "dataSource"), manifest=name)
