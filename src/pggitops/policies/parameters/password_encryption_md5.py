"""New passwords are stored as MD5.

## Why

An MD5 verifier is as good as the password: who reads it can log in with it, and it is quickly guessed offline. Log-in
by SCRAM then fails for these users, and the operator's default rule asks for exactly that (`hostssl all all all
scram-sha-256`). PostgreSQL 18 warns of every such password and will drop them (release notes of 18).

## How to fix

Remove it: the operator's default is `scram-sha-256`. Then set the passwords anew.
"""

from collections.abc import Iterator

from pggitops import parameters
from pggitops.findings import Severity, Violation
from pggitops.model import Cluster
from pggitops.policies import Facts

severity = Severity.ERROR
about = {"parameters": ("password_encryption",)}


def check_cluster(facts: Facts, cluster: Cluster) -> Iterator[Violation]:
    name, resource = facts.resource(cluster)
    key = "password_encryption"
    value = parameters.of(resource.document).get(key)
    if value is not None and parameters.text(value).lower() == "md5":
        message = "passwords set from now on are stored as MD5"
        yield Violation(message, "Remove it, or write `scram-sha-256`.", (*parameters.AT, key), manifest=name)
