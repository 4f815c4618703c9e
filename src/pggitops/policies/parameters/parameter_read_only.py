"""A parameter is set that no configuration can set.

## Why

Some of what `SHOW` shows is a fact about the server (`block_size`, `server_version`, `data_checksums`), or belongs to
one session or one transaction (`role`, `transaction_read_only`). In the configuration it is refused or without effect;
Patroni drops it with a line in its log.

## How to fix

Remove it. What is fixed when the data directory is made can only change in a new cluster.
"""

from collections.abc import Iterator

from pggitops import parameters
from pggitops.findings import Severity, Violation
from pggitops.model import Cluster
from pggitops.policies import Facts

severity = Severity.ERROR
about = {"problems": ("parameters",)}


def check_cluster(facts: Facts, cluster: Cluster) -> Iterator[Violation]:
    name, resource = facts.resource(cluster)
    for key, problem in parameters.found(resource.document, "read-only"):
        yield Violation(problem.message, problem.fix, (*parameters.AT, key), manifest=name, at_key=True)
