"""A user cannot log in.

## Why

With `NOLOGIN` or `CONNECTION LIMIT 0` there is a role, and a Secret with a password that nobody can use. PgBouncer does
not even ask for its password (`sqlAuthenticationQuery` of the operator's internal/pgbouncer/postgres.go, 3.0.0).
Taking the options away later is not enough: the operator sets what is written, and what is not written stays as it is.

## How to fix

Write `LOGIN`, or another limit. A role that only groups rights is made by SQL and not here. To lock somebody out is a
use: say so in a waiver.
"""

from collections.abc import Iterator

from pggitops import role_options
from pggitops.findings import Severity, Violation
from pggitops.model import Cluster
from pggitops.policies import Facts

severity = Severity.WARNING
about = {"options": ("no login", "no connection")}


def check_cluster(facts: Facts, cluster: Cluster) -> Iterator[Violation]:
    name, resource = facts.resource(cluster)
    for index, user, options in role_options.of(resource.document):
        why = "NOLOGIN" if options.flags.get("login") is False else "CONNECTION LIMIT 0" if options.limit == 0 else ""
        if why and not options.refused:
            fix = "Write LOGIN." if why == "NOLOGIN" else "Write another limit, or CONNECTION LIMIT -1 for none."
            at = ("spec", "users", index, "options")
            yield Violation(f"{user} cannot log in: {why}", fix, at, manifest=name)
