"""What lies on a node's own disk exists nowhere else.

## Why

A volume on local storage is lost with its node, and a pod that uses it can run on no other. With a second instance that
is how some of the fastest databases run; with one, or for a repository, the loss of a node is the loss of the data.

## How to fix

Take a class of the network, or `replicas: 3`. Backups belong into an object store.
"""

from collections.abc import Iterator

from pggitops import sizing, volumes
from pggitops.findings import Severity, Violation
from pggitops.model import Cluster, is_lenient
from pggitops.policies import Facts

severity = Severity.ERROR
lenient = Severity.INFO


def check_cluster(facts: Facts, cluster: Cluster) -> Iterator[Violation]:
    target = facts.environment.target
    if is_lenient(facts.environment.tier_of(cluster)) or not any(
        each.medium == "local" for each in target.storage_classes.values()
    ):
        return
    name, resource = facts.resource(cluster)
    is_alone = sizing.replicas(resource.document) < 2
    in_store = any(repo.is_cloud for repo in cluster.backups.repos.values())
    for volume in volumes.distinct(resource.document):
        known = target.storage_classes.get(volume.storage_class or "")
        is_only = not in_store if volume.what == "repository volume" else is_alone
        if known is not None and known.medium == "local" and is_only:
            message = f"the {volume.what} of {volume.name} is on the disk of one node, and there is no other copy"
            fix = "Write a class of the network, or have a second copy."
            yield Violation(message, fix, (*volume.path[:-3], "storageClassName"), manifest=name)
