"""Nobody can tell to which moment the cluster could be restored.

## Why

With `trackLatestRestorableTime` the operator keeps commit timestamps and writes the latest restorable moment into each
backup's status. Without it a point-in-time restore is a guess, and a target after the last commit fails when it is too
late (`percona/controller/pgbackup`, 3.0.0).

## How to fix

Take it out of `patch`.
"""

from collections.abc import Iterator

from pggitops.findings import Severity, Violation
from pggitops.model import Cluster
from pggitops.policies import Facts

severity = Severity.WARNING
lenient = Severity.INFO
about = {"words": ("patch",)}


def check_cluster(facts: Facts, cluster: Cluster) -> Iterator[Violation]:
    if not cluster.patch or not cluster.backups.enabled:
        return
    name, manifest = facts.resource(cluster)
    backups = manifest.document["spec"].get("backups") or {}
    if backups.get("trackLatestRestorableTime") is False and backups.get("enabled") is not False:
        message = "the latest restorable time is not tracked"
        yield Violation(message, "Remove it.", ("spec", "backups", "trackLatestRestorableTime"), manifest=name)
