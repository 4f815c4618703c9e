"""`shared_buffers` leaves too little memory for everything else.

## Why

Beyond 40 % of the memory it is rarely of use: PostgreSQL relies on the kernel's cache as well, which then holds the
same pages again or has no room, and sessions and autovacuum take their memory from what is left (PostgreSQL manual,
Resource Consumption).

## How to fix

Write a quarter of the memory. The share from which this speaks is a setting:
`policies: {shared-buffers-too-large: {share: 0.5}}`.
"""

from collections.abc import Iterator

from pggitops import parameters, sizing
from pggitops.findings import Severity, Violation
from pggitops.model import Cluster
from pggitops.policies import Facts

severity = Severity.WARNING
lenient = Severity.INFO
about = {"parameters": ("shared_buffers",)}
settings = {"share": 0.4}


def check_cluster(facts: Facts, cluster: Cluster) -> Iterator[Violation]:
    name, resource = facts.resource(cluster)
    if not sizing.written(resource.document, "shared_buffers"):
        return
    room = sizing.smallest(resource.document)
    if room is None or room.huge:
        return
    buffers, there = sizing.memory(resource.document, "shared_buffers"), min(room.bound or 0, room.memory or 0)
    # what does not fit at all is told by shared-buffers-beyond-memory
    if there * facts.setting("shared-buffers-too-large", "share") < buffers < there:
        written = parameters.of(resource.document)["shared_buffers"]
        share = round(buffers / there * 100)
        message = f"shared_buffers: {written} is {share} % of the {sizing.shown(there)} of {room.name}"
        fix = f"Write {sizing.for_postgres(there / 4)}, a quarter of it."
        yield Violation(message, fix, sizing.at("shared_buffers"), manifest=name)
