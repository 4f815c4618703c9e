"""A parameter sends PostgreSQL to other files than the operator and Patroni write.

## Why

Patroni writes pg_hba.conf, pg_ident.conf and the configuration in the data directory it was told. With `hba_file` or
`ident_file` the log-in rules of the operator, replication's and pgBouncer's among them, are written and never read;
with `data_directory` the server starts on another directory than the one that is backed up, or not at all.

## How to fix

Remove it. Log-in rules are `postgres.hba`.
"""

from collections.abc import Iterator

from pggitops import parameters
from pggitops.findings import Severity, Violation
from pggitops.model import Cluster
from pggitops.policies import Facts

severity = Severity.ERROR
about = {"parameters": ("config_file", "data_directory", "hba_file", "ident_file")}


def check_cluster(facts: Facts, cluster: Cluster) -> Iterator[Violation]:
    name, resource = facts.resource(cluster)
    own = parameters.of(resource.document)
    for key in ("config_file", "data_directory", "hba_file", "ident_file"):
        if own.get(key):
            message = f"{key} sends the server to other files than Patroni writes"
            yield Violation(message, "Remove it.", (*parameters.AT, key), manifest=name)
