"""A server parameter is set that the operator or Patroni sets itself.

## Why

The operator lays its own values over those of the resource: sockets, TLS, archiving, commit timestamps, and what its
extensions need (`internal/postgres/parameters.go`, `internal/pgbackrest/postgres.go`). Patroni never takes the address,
port and name of the server, nor what makes it a standby, from the parameters (`CMDLINE_OPTIONS`). What is written in
their place has no effect, and nobody is told. A value that says the same is left alone.

## How to fix

Remove it. TLS is under `tls`, archiving under `backups`, a standby under `standby`, synchronous replication is
`postgres.synchronous`.
"""

from collections.abc import Iterator

from pggitops import managed_parameters, parameters
from pggitops.findings import Severity, Violation
from pggitops.model import Cluster
from pggitops.policies import Facts

severity = Severity.ERROR


def check_cluster(facts: Facts, cluster: Cluster) -> Iterator[Violation]:
    name, resource = facts.resource(cluster)
    operator = facts.environment.operator.version
    for key, value in parameters.of(resource.document).items():
        if not managed_parameters.may_be_set(key):
            continue
        setter = managed_parameters.setter(key, resource.document, operator)
        if setter is not None and not managed_parameters.is_same(value, setter[1]):
            by, what = setter
            message = f"{key} is set by {by} ({what}), so this has no effect"
            yield Violation(message, "Remove it.", (*parameters.AT, key), manifest=name, at_key=True)
