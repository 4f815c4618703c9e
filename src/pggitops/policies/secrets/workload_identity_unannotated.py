"""The pods' service accounts do not carry the workload identity of a repository.

## Why

The operator gives the annotations under `spec.metadata` to both service accounts, NAME-instance, which archives WAL and
restores, and NAME-pgbackrest, which takes backups. `backups.pgbackrest.metadata` reaches only the second: backups are
taken, and no WAL is archived.

## How to fix

Take what overrides `spec.metadata` out of the cluster's patch.
"""

from collections.abc import Iterator

from pggitops.findings import Severity, Violation
from pggitops.model import Cluster
from pggitops.parts.postgres import metadata
from pggitops.policies import Facts
from pggitops.secret_sources import mapping

severity = Severity.ERROR
about = {"words": ("patch",)}


def check_cluster(facts: Facts, cluster: Cluster) -> Iterator[Violation]:
    wanted = (metadata(facts.environment, cluster) or {}).get("annotations", {})
    if not wanted or not cluster.patch:
        return
    identity, resource = facts.resource(cluster)
    there = mapping(mapping(resource.document["spec"], "metadata"), "annotations")
    for name, value in wanted.items():
        if there.get(name) != value:
            message = f"the patch takes the annotation {name} from the service accounts"
            yield Violation(message, f"Leave {name} at {value}.", ("spec", "metadata"), manifest=identity)
