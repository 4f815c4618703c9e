"""A user has a name that is not free.

## Why

`monitor` is the operator's own user for PMM: it leaves a user of that name out with a line in its log, and with PMM on
there are two of them, which the API server refuses, so that the operator stops at the cluster (`ToCrunchy` of its
perconapgcluster_types.go, 3.0.0). `public` and `none` are no names of roles for PostgreSQL: the transaction that
makes all users fails.

## How to fix

Give the user another name.
"""

from collections.abc import Iterator

from pggitops.findings import Severity, Violation
from pggitops.model import Cluster
from pggitops.policies import Facts

severity = Severity.ERROR


def check_cluster(facts: Facts, cluster: Cluster) -> Iterator[Violation]:
    name, resource = facts.resource(cluster)
    spec = resource.document["spec"]
    for index, user in enumerate(spec.get("users") or ()):
        who = user["name"]
        if who == "monitor" and (spec.get("pmm") or {}).get("enabled"):
            message = "monitor is the user that PMM gets, and two of them stop the operator at this cluster"
        elif who == "monitor":
            message = "monitor is the operator's own name, so this user is never made"
        elif who in ("public", "none"):
            message = f'PostgreSQL takes no user called "{who}", and then none of this cluster\'s is made'
        else:
            continue
        at = ("spec", "users", index, "name")
        yield Violation(message, "Give the user another name.", at, manifest=name)
