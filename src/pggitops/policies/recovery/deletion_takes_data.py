"""Deleting the cluster is to delete its volumes or its backups.

## Why

With the finalizer `percona.com/delete-pvc` the operator deletes every volume of the cluster with it, those of volume
repositories too, and the users' Secrets; with `percona.com/delete-backups` the stanza in every repository, in object
stores as well (`percona/controller/pgcluster/finalizer.go`, 3.0.0). One wrong prune, and nothing is left to restore
from.

## How to fix

Take the finalizers out of `patch`. What is to go for good is said by a tombstone in `removed`, and removed by hand.
In the tier development they may stand.
"""

from collections.abc import Iterator

from pggitops.findings import Severity, Violation
from pggitops.model import Cluster
from pggitops.policies import Facts

severity = Severity.ERROR
lenient = Severity.WARNING
about = {"words": ("patch",)}

HARM = {
    "percona.com/delete-pvc": "every volume, those of its repositories too",
    "percona.com/delete-backups": "every backup, those in object stores too",
}


def check_cluster(facts: Facts, cluster: Cluster) -> Iterator[Violation]:
    if not cluster.patch or facts.environment.tier_of(cluster) == "development":
        return
    name, manifest = facts.resource(cluster)
    for index, finalizer in enumerate(manifest.document["metadata"].get("finalizers") or ()):
        if finalizer in HARM:
            message = f"with {finalizer} the deletion of the cluster deletes {HARM[finalizer]}"
            yield Violation(message, "Remove it.", ("metadata", "finalizers", index), manifest=name)
