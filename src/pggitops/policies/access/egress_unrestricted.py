"""The database's outgoing traffic is not restricted, because the API server's address is not known.

## Why

Patroni keeps its leader lock in the Kubernetes API. An egress policy that does not let the instances reach it
takes the primary down, so none is rendered until the target says where the API server is.

## How to fix

Add the fact to the target's base: `target: {apiServer: {cidrs: [172.16.0.2/32], port: 443}}`.
"""

from collections.abc import Iterator

from pggitops.findings import Severity, Violation
from pggitops.parts.network import restricts_egress
from pggitops.policies import Facts

severity = Severity.WARNING
lenient = Severity.INFO


def check_environment(facts: Facts) -> Iterator[Violation]:
    if not restricts_egress(facts.environment):
        fix = "Add `target.apiServer: {cidrs: [...], port: 443}`."
        yield Violation("no egress is restricted: the API server's address is unknown", fix, ("target", "apiServer"))
