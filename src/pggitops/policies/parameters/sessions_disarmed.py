"""A parameter changes what statements do, in every session.

## Why

`default_transaction_read_only` makes every write fail, the operator's own for users and databases among them.
`session_replication_role: replica` switches triggers and foreign keys off: data becomes inconsistent without an error.
`row_security: off` makes queries on protected tables fail. They are for one session (PostgreSQL manual, "Client
Connection Defaults"), like that of a migration.

## How to fix

Remove it; set it in the session, or for a role: `ALTER ROLE reporting SET default_transaction_read_only = on`.
"""

from collections.abc import Iterator

from pggitops import parameters
from pggitops.findings import Severity, Violation
from pggitops.model import Cluster
from pggitops.policies import Facts

severity = Severity.ERROR
about = {"parameters": ("default_transaction_read_only", "session_replication_role", "row_security")}


def check_cluster(facts: Facts, cluster: Cluster) -> Iterator[Violation]:
    name, resource = facts.resource(cluster)
    own = parameters.of(resource.document)
    found = []
    if "default_transaction_read_only" in own and parameters.truth(own["default_transaction_read_only"]):
        found.append(("default_transaction_read_only", "no session can write, the operator's among them"))
    if str(own.get("session_replication_role")).lower() == "replica":
        found.append(("session_replication_role", "triggers and foreign keys are off in every session"))
    if "row_security" in own and parameters.truth(own["row_security"]) is False:
        found.append(("row_security", "queries on tables with row security fail in every session"))
    for key, what in found:
        message = f"{key}: {parameters.text(own[key])} is for one session; here {what}"
        yield Violation(message, "Remove it.", (*parameters.AT, key), manifest=name)
