"""A production database has one instance, so that every loss of it is an outage.

## Why

With one instance there is nothing to fail over to. Also what is planned stops the database: a drained node, a new
image, a parameter that needs a restart, another size of memory.

## How to fix

Write `instances: {replicas: 3}`: a primary and two replicas, so that one is left to take over while another is away.
How few are allowed is a setting: `policies: {replicas-too-few: {least: 3}}`.
"""

from collections.abc import Iterator

from pggitops import sizing
from pggitops.findings import Severity, Violation
from pggitops.model import Cluster, is_lenient
from pggitops.policies import Facts

severity = Severity.ERROR
lenient = Severity.INFO
settings = {"least": 2}


def check_cluster(facts: Facts, cluster: Cluster) -> Iterator[Violation]:
    if is_lenient(facts.environment.tier_of(cluster)):
        return
    name, resource = facts.resource(cluster)
    least, there = facts.setting("replicas-too-few", "least"), sizing.replicas(resource.document)
    # a standby is itself what there is to fail over to
    if there < least and not (cluster.standby and cluster.standby.enabled):
        message = f"{there} instance{'' if there == 1 else 's'} of a production database"
        yield Violation(message, "Write `replicas: 3`.", (*sizing.INSTANCES, 0, "replicas"), manifest=name)
