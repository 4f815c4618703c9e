"""A user may create in the schema that others of its database look into.

## Why

Everybody searches `public`. Whoever may create there can lay a function beside one that somebody else calls, and it
runs with that one's rights (CVE-2018-1058); that is why PostgreSQL 15 took the right away. The operator makes a schema
of its own for each user, which comes first in the search path, so that it is seldom needed.

## How to fix

Remove `grantPublicSchemaAccess`: tables go into the user's schema. Alone in its database a user may keep it.
"""

from collections.abc import Iterator

from pggitops.findings import Severity, Violation
from pggitops.model import Cluster
from pggitops.policies import Facts

severity = Severity.WARNING
lenient = Severity.INFO


def check_cluster(facts: Facts, cluster: Cluster) -> Iterator[Violation]:
    name, resource = facts.resource(cluster)
    users = resource.document["spec"].get("users") or ()
    for index, user in enumerate(users):
        if user.get("grantPublicSchemaAccess"):
            own = set(user.get("databases") or ())
            others = [other["name"] for other in users if other is not user and own & set(other.get("databases") or ())]
            if others:
                message = f"{user['name']} may create in `public`, where {', '.join(others)} look too"
                at = ("spec", "users", index, "grantPublicSchemaAccess")
                yield Violation(message, "Remove it; each user has a schema of its own.", at, manifest=name)
