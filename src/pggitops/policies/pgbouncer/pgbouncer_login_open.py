"""PgBouncer lets clients in without checking who they are.

## Why

With `auth_type` `trust` PgBouncer asks for no password, and with `any` not even for a name (PgBouncer manual,
`auth_type`): its console and every server connection it can open are free for whoever reaches it. `plain` wants
passwords in clear text in a file; `pam`, `ldap`, `cert` and `hba` want files that the operator does not make.

## How to fix

Remove it: PgBouncer takes the passwords' verifiers from PostgreSQL, and checks by SCRAM where they are SCRAM's.
"""

from collections.abc import Iterator

from pggitops import pooler
from pggitops.findings import Severity, Violation
from pggitops.model import Cluster
from pggitops.policies import Facts

severity = Severity.ERROR
about = {"pgbouncer": ("auth_type",)}


def check_cluster(facts: Facts, cluster: Cluster) -> Iterator[Violation]:
    name, resource = facts.resource(cluster)
    kind = pooler.of(resource.document).get("auth_type", "md5").lower()
    path = (*pooler.GLOBAL, "auth_type")
    if kind in ("any", "trust"):
        message = f"auth_type: {kind} lets everybody in who reaches PgBouncer"
        yield Violation(message, "Remove it.", path, manifest=name)
    elif kind in ("cert", "ldap", "pam", "plain", "hba") and "files" not in pooler.config(resource.document):
        message = f"auth_type: {kind} needs files that the operator does not make, so nobody can log in"
        yield Violation(message, "Remove it.", path, manifest=name)
