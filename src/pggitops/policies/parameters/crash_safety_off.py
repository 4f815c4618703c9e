"""A server may lose its data at the next crash.

## Why

With `fsync` off, what PostgreSQL believes written may never have reached the disk; with `full_page_writes` off, a page
torn by a crash is not repaired from WAL. After a node failure the data directory can be damaged beyond use, also in
ways that are noticed much later and then stand in every backup (PostgreSQL manual, "Write Ahead Log"). Replicas and
backups inherit the damage, they do not heal it.

## How to fix

Remove the parameter. Where speed matters more than the last commits, `synchronous_commit: "off"` gives most of it
without any risk of damage.
"""

from collections.abc import Iterator

from pggitops import parameters
from pggitops.findings import Severity, Violation
from pggitops.model import Cluster
from pggitops.policies import Facts

severity = Severity.ERROR
about = {"parameters": ("fsync", "full_page_writes")}


def check_cluster(facts: Facts, cluster: Cluster) -> Iterator[Violation]:
    name, resource = facts.resource(cluster)
    own = parameters.of(resource.document)
    for key in ("fsync", "full_page_writes"):
        if key in own and parameters.truth(own[key]) is False:
            message = f"{key} is off, so a crash can damage the data"
            yield Violation(message, "Remove it.", (*parameters.AT, key), manifest=name)
