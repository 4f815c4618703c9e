"""A database has a name that is not free, or not meant for data.

## Why

`pgbouncer` is PgBouncer's own console: clients that ask for it get that and never the database. Nobody may log in to
`template0`. What is made in `template1` is in every database made from then on. In `postgres` applications meet what
administrators and monitoring keep there.

## How to fix

Give the database a name of its own. An existing one is renamed by `ALTER DATABASE … RENAME TO …` first.
"""

from collections.abc import Iterator

from pggitops.findings import Severity, Violation
from pggitops.model import Cluster
from pggitops.policies import Facts

severity = Severity.ERROR

WHY = {
    "pgbouncer": "is PgBouncer's console, so clients never get to a database of that name",
    "template0": "takes no log-ins",
    "template1": "is what every new database is made from",
}
MILD = {"postgres": "is the administrators' own"}


def check_cluster(facts: Facts, cluster: Cluster) -> Iterator[Violation]:
    name, resource = facts.resource(cluster)
    for index, user in enumerate(resource.document["spec"].get("users") or ()):
        if user["name"] == "postgres":
            continue
        for number, database in enumerate(user.get("databases") or ()):
            if database in WHY or database in MILD:
                weight = Severity.WARNING if database in MILD else None
                at = ("spec", "users", index, "databases", number)
                message = f"{database} {WHY.get(database) or MILD[database]}"
                yield Violation(message, "Name another database.", at, manifest=name, severity=weight)
