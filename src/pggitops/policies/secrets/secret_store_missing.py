"""Secrets come from a store, and no store is named.

## Why

Without a store there is nowhere to read from: nothing is rendered for the Secrets, and the cluster starts without
them, with passwords that nobody chose.

## How to fix

Name the store that External Secrets reads from: `secrets: {store: {kind: ClusterSecretStore, name: acme-vault}}`.
"""

from collections.abc import Iterator

from pggitops.findings import Severity, Violation
from pggitops.policies import Facts

severity = Severity.ERROR


def check_environment(facts: Facts) -> Iterator[Violation]:
    if facts.environment.secrets.store:
        return
    names = [one.name for one in facts.needed_secrets if one.provider == "external-secrets"]
    if names:
        message = f"no store is named for {names[0]}" + (f" and {len(names) - 1} more" if names[1:] else "")
        yield Violation(message, "Name it in `secrets.store`.", ("secrets", "store"))
