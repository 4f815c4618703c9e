"""A user has no database.

## Why

The operator grants the databases that are listed, and puts the first one into the user's Secret. Without any there is
no `dbname` and no URI in it, an application that reads one does not start, and `grantPublicSchemaAccess` grants nothing
(`WriteUsersInPostgreSQL` of the operator's internal/postgres/users.go, 3.0.0).

## How to fix

```yaml
users: {app: {databases: [shop]}}
```
"""

from collections.abc import Iterator

from pggitops.findings import Severity, Violation
from pggitops.model import Cluster
from pggitops.policies import Facts

severity = Severity.WARNING
lenient = Severity.INFO


def check_cluster(facts: Facts, cluster: Cluster) -> Iterator[Violation]:
    name, resource = facts.resource(cluster)
    for index, user in enumerate(resource.document["spec"].get("users") or ()):
        if not user.get("databases") and user["name"] not in ("postgres", "monitor"):
            more = ", and no schema is granted" if user.get("grantPublicSchemaAccess") else ""
            message = f"{user['name']} has no database, so its Secret has no address of one{more}"
            yield Violation(message, "Write `databases`.", ("spec", "users", index, "databases"), manifest=name)
