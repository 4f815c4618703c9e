"""A user of the database may do what only its administrators may.

## Why

A superuser reads every file and runs every program in the instance; `BYPASSRLS` reads every row, `REPLICATION` copies
the whole cluster, `CREATEROLE` makes others (before PostgreSQL 16 nearly as good as a superuser). One leaked password
of an application is then all databases (CIS PostgreSQL Benchmark, section 4). PgBouncer lets neither superusers nor
those with `REPLICATION` in, so that the application does not even work with it. The user `postgres` is always a
superuser, and naming it makes a Secret with its password.

## How to fix

Remove the attribute. What it was for is done once by an administrator, from inside an instance, or is a right of a
smaller kind: `GRANT pg_read_all_data`, `GRANT pg_monitor`. Logical replication that needs `REPLICATION` is a case for
a waiver.
"""

from collections.abc import Iterator

from pggitops import role_options
from pggitops.findings import Severity, Violation
from pggitops.model import Cluster
from pggitops.policies import Facts

severity = Severity.ERROR
lenient = Severity.WARNING

MAY = {
    "superuser": "may do everything, also outside the database",
    "replication": "may copy the whole cluster",
    "bypassrls": "reads rows that are hidden from everybody else",
    "createrole": "may make other users and change them",
}


def check_cluster(facts: Facts, cluster: Cluster) -> Iterator[Violation]:
    name, resource = facts.resource(cluster)
    for index, user in enumerate(resource.document["spec"].get("users") or ()):
        if user["name"] == "postgres":
            message = "postgres is a superuser whatever is written, and gets a Secret with its password"
            yield Violation(message, "Remove it.", ("spec", "users", index, "name"), manifest=name)
    for index, who, options in role_options.of(resource.document):
        given = [attribute for attribute in MAY if options.gives(attribute)]
        if given:
            message = f"{who} {', and '.join(MAY[attribute] for attribute in given)}"
            fix = f"Remove {' and '.join(attribute.upper() for attribute in given)}."
            yield Violation(message, fix, ("spec", "users", index, "options"), manifest=name)
