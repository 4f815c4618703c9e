"""A policy of another kind decides on the network too, and is not read.

## Why

What is proven here is proven of NetworkPolicies alone. A CiliumNetworkPolicy opens like one more of them, a policy of
Calico's may deny what they allow, an AdminNetworkPolicy stands above all: with one in the namespace, who reaches the
database is for its own tool to say.

## How to fix

Write it as a NetworkPolicy where that is enough. Where it is not, keep it away from the pods of the databases, and
waive this finding with the reason.
"""

from collections.abc import Iterator

from pggitops.findings import Severity, Violation
from pggitops.network.reachability import is_network_policy
from pggitops.policies import Facts

severity = Severity.INFO

KINDS = (
    "AdminNetworkPolicy",
    "AuthorizationPolicy",
    "BaselineAdminNetworkPolicy",
    "CiliumClusterwideNetworkPolicy",
    "CiliumNetworkPolicy",
    "ClusterNetworkPolicy",
    "EgressFirewall",
    "EgressNetworkPolicy",
    "GlobalNetworkPolicy",
    "NetworkPolicy",
)
about = {"ready": KINDS}


def check_environment(facts: Facts) -> Iterator[Violation]:
    for kind in KINDS:
        for name, manifest in facts.of_kind(kind):
            document = manifest.document
            if not is_network_policy(document):
                message = f"{kind} {document['metadata']['name']} of {document['apiVersion']} is not read"
                fix = "Write it as a NetworkPolicy of networking.k8s.io, or waive this."
                yield Violation(message, fix, ("kind",), manifest=name)
