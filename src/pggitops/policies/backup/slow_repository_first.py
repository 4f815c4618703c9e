"""A repository in an object store comes before one on a volume.

## Why

The first repository is the one replicas are made from, and the one a restore reads if nobody says otherwise. From a
volume beside the database that takes a fraction of the time.

## How to fix

Give the volume the lower number: `repo1: {volume: ...}`, `repo2: {s3: ...}`. In a cluster that runs, add the volume
under a free number instead: exchanging two that are there deletes the volume with its backups.
"""

from collections.abc import Iterator

from pggitops.findings import Severity, Violation
from pggitops.model import Cluster
from pggitops.policies import Facts

severity = Severity.INFO
about = {"words": ("backups.volumes",)}


def check_cluster(facts: Facts, cluster: Cluster) -> Iterator[Violation]:
    repos = cluster.backups.ordered
    volume = next((repo for repo in repos if repo.volume and repo.schedules.full), None)
    if volume and repos[0].is_cloud and not (cluster.standby and cluster.standby.enabled):
        message = f"replicas are made from {repos[0].name} in an object store, not from the volume of {volume.name}"
        path = ("clusters", cluster.name, "backups", "repos", repos[0].name)
        yield Violation(message, "Number the volume first, in a cluster that does not run yet.", path)
