"""A container is limited to less than it asks for.

## Why

The API server takes the cluster, for it does not look into it; the StatefulSet that the operator makes of it is
refused: `must be less than or equal to cpu limit`. The instances stay as they are, or never come to be.

## How to fix

Raise the limit, or leave it out: the memory limit is the request then, and there is no CPU limit.
"""

from collections.abc import Iterator

from pggitops import sizing
from pggitops.findings import Severity, Violation
from pggitops.model import Cluster
from pggitops.policies import Facts

severity = Severity.ERROR


def check_cluster(facts: Facts, cluster: Cluster) -> Iterator[Violation]:
    name, resource = facts.resource(cluster)
    told = set()
    for _, holder, room in sizing.containers(resource.document):
        for what, asked, limit in (
            ("cpu", room.cpu, room.cpu_limit),
            ("memory", room.memory, room.memory_limit),
        ):
            if asked is not None and limit is not None and limit < asked and (what, asked, limit) not in told:
                told.add((what, asked, limit))
                words = holder["resources"]
                message = f"{what}: {words['requests'][what]} is asked for, and the limit is {words['limits'][what]}"
                fix = f"Write a limit of {words['requests'][what]} or more, or none."
                yield Violation(message, fix, (*room.path, "limits", what), manifest=name)
