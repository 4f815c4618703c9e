"""Egress to the API server is open by port, to any address.

## Why

Cilium does not match the API server by address in a standard NetworkPolicy, and of an unknown CNI nothing can be
said; the rule names the port only, so that the database keeps its leader lock.

## How to fix

Nothing, if the CNI is Cilium. Otherwise say which CNI the target has: `target: {cni: calico}`.
"""

from collections.abc import Iterator

from pggitops.findings import Severity, Violation
from pggitops.policies import Facts

severity = Severity.INFO


def check_environment(facts: Facts) -> Iterator[Violation]:
    target = facts.environment.target
    if target.api_server and target.cni in ("cilium", "unknown"):
        message = f"egress to port {target.api_server.port} is open to any address: the CNI is {target.cni}"
        yield Violation(message, "Set `target.cni` if it is another one.", ("target", "cni"))
