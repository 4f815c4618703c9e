"""An instance has not the memory to run PostgreSQL beside Patroni.

## Why

Patroni takes about 100 MB, an archiving or restoring pgBackRest the same, and every connection some 10 MB. Below 512Mi
an instance starts, and is killed by its first backup or its first busy minute.

## How to fix

Write `memory: 512Mi` or more; 1Gi serves a small database. The least is a setting:
`policies: {instance-memory-too-little: {least: 384Mi}}`.
"""

from collections.abc import Iterator

from pggitops import sizing
from pggitops.findings import Severity, Violation
from pggitops.model import Cluster
from pggitops.policies import Facts

severity = Severity.WARNING
settings = {"least": "512Mi"}


def check_cluster(facts: Facts, cluster: Cluster) -> Iterator[Violation]:
    name, resource = facts.resource(cluster)
    least = facts.setting("instance-memory-too-little", "least")
    for room in sizing.instances(resource.document):
        if room.bound is not None and room.bound < (sizing.amount(least) or 0):
            message = f"{room.name} has {sizing.shown(room.bound)} of memory"
            yield Violation(message, f"Write `memory: {least}` or more.", room.bound_path, manifest=name)
