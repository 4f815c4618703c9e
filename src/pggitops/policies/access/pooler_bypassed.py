"""An application takes the address of the instances from its user's Secret.

## Why

The Secret of a user has both: `host`, `port`, `uri` and `jdbc-uri` lead to the primary itself, those that begin with
`pgbouncer-` to PgBouncer. NetworkPolicies let applications reach PgBouncer only, so that the other ones end in a
timeout; and where they do not, every pod of the application takes connections that nobody pools.

## How to fix

Take `pgbouncer-host`, `pgbouncer-port`, `pgbouncer-uri` or `pgbouncer-jdbc-uri`; user, password and dbname are the same
for both.
"""

from collections.abc import Iterator

from pggitops.findings import Severity, Violation
from pggitops.image_names import PODS, within
from pggitops.parts.names import user_secret
from pggitops.policies import Facts

severity = Severity.ERROR
about = {"ready": tuple(PODS)}

KEYS = ("host", "port", "uri", "jdbc-uri")


def check_environment(facts: Facts) -> Iterator[Violation]:
    workloads = [(name, manifest.document, at) for kind, at in PODS.items() for name, manifest in facts.of_kind(kind)]
    if not workloads:
        return
    clusters = facts.environment.clusters.values()
    secrets = {user_secret(cluster, user) for cluster in clusters for user in cluster.users.values()}
    for name, document, at in workloads:
        for word in ("initContainers", "containers"):
            for index, container in enumerate((within(document, at) or {}).get(word) or ()):
                for number, variable in enumerate(container.get("env") or ()):
                    key = within(variable, ("valueFrom", "secretKeyRef")) or {}
                    if key.get("name") in secrets and key.get("key") in KEYS:
                        message = f"{variable.get('name')} is the address of the instances, around PgBouncer"
                        path = (*at, word, index, "env", number)
                        yield Violation(message, f"Take the key `pgbouncer-{key['key']}`.", path, manifest=name)
