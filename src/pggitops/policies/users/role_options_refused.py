"""PostgreSQL refuses a user's options, and with them every user of the cluster.

## Why

The operator sets the options, passwords and rights of all users in one transaction. An attribute that is given and
taken, a limit below -1 or a day that there is not ends it: no user is made, no password is changed, and the operator
tries again for ever (`WriteUsersInPostgreSQL` of its internal/postgres/users.go, 3.0.0).

## How to fix

Write each attribute once. Without a limit of connections leave `CONNECTION LIMIT` out.
"""

from collections.abc import Iterator

from pggitops import role_options
from pggitops.findings import Severity, Violation
from pggitops.model import Cluster
from pggitops.policies import Facts

severity = Severity.ERROR
about = {"options": ("refused",)}


def check_cluster(facts: Facts, cluster: Cluster) -> Iterator[Violation]:
    name, resource = facts.resource(cluster)
    for index, user, options in role_options.of(resource.document):
        if options.refused:
            message = f"PostgreSQL refuses the options of {user}, and no user is made or changed: {options.refused}"
            yield Violation(message, "Write each once.", ("spec", "users", index, "options"), manifest=name)
