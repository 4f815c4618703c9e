"""A name is too long for what the operator derives from it.

## Why

The operator puts the cluster's and the instance set's name, a random part and an ending into the names of
StatefulSets, pods, claims and certificates. Beyond 46 characters for the two together these pass Kubernetes' limit
of 63, and the reconcile fails with the cluster half made (comment at `instances[].name` of the CRD).

## How to fix

Shorten the cluster's name, or the instance set's.
"""

from collections.abc import Iterator

from pggitops.findings import Severity, Violation
from pggitops.model import Cluster
from pggitops.parts.names import user_secret
from pggitops.policies import Facts

severity = Severity.ERROR

LONGEST = 46


def check_cluster(facts: Facts, cluster: Cluster) -> Iterator[Violation]:
    path = ("clusters", cluster.name)
    for instance_set in cluster.instances.all:
        length = len(cluster.name) + len(instance_set.name)
        if length > LONGEST:
            message = f'"{cluster.name}" and "{instance_set.name}" have {length} characters, {LONGEST} fit'
            yield Violation(message, f"Shorten one of them by {length - LONGEST}.", path, at_key=True)
    for name, user in cluster.users.items():
        secret = user_secret(cluster, user)
        if len(secret) > 63:
            message = f'the Secret of the user would be "{secret}", {len(secret)} characters; 63 fit'
            yield Violation(message, "Set `secret` to a shorter name.", (*path, "users", name), at_key=True)
