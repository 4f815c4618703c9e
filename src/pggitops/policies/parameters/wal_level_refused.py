"""`wal_level` has a value at which the operator stops working on the cluster.

## Why

The operator takes only the texts `logical` and `replica` (`ValidateDynamicConfiguration`, since 2.9); with any other
it reconciles nothing of the cluster any more, so that no later change arrives either. `minimal` would leave neither
replicas nor an archive.

## How to fix

Remove it: the operator's default is `logical`. `replica` writes a little less WAL, and rules logical replication out.
"""

from collections.abc import Iterator

from pggitops import parameters
from pggitops.findings import Severity, Violation
from pggitops.model import Cluster
from pggitops.policies import Facts

severity = Severity.ERROR


def check_cluster(facts: Facts, cluster: Cluster) -> Iterator[Violation]:
    name, resource = facts.resource(cluster)
    value = parameters.of(resource.document).get("wal_level")
    if not isinstance(value, str) or value in ("logical", "replica"):
        return
    # before 2.9 it was overwritten, and what is no value at all is another finding
    if facts.environment.operator.version.startswith("2.8.") or parameters.judge("wal_level", value, 18):
        return
    message = f"the operator takes only logical and replica for wal_level, not {value}"
    yield Violation(message, "Remove it.", (*parameters.AT, "wal_level"), manifest=name)
