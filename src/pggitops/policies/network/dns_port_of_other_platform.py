"""The platform's own name servers are to answer on a port that they do not listen on.

## Why

A NetworkPolicy looks at the port of the pod. CoreDNS of EKS and AKS and kube-dns of GKE listen on 53; 5353 is that of
OpenShift. Egress is opened to the port that is written here, so with another one no pod of the database resolves a
name: nothing fails at once, connections time out one by one, and a restarted pod does not come back.

## How to fix

Remove `target.dns.ports`: the platform's own is known. Where other pods resolve names, say which:
`target: {dns: {namespace: dns, pods: {app: coredns}, ports: [5353]}}`.
"""

from collections.abc import Iterator

from pggitops.findings import Severity, Violation
from pggitops.policies import Facts

severity = Severity.WARNING
about = {"words": ("target.dns",)}

PORT = 53
MANAGED = ("aks", "eks", "gke")
OWN: tuple[dict[str, str], ...] = ({}, {"k8s-app": "kube-dns"})


def check_environment(facts: Facts) -> Iterator[Violation]:
    target = facts.environment.target
    dns = target.dns
    if dns is None or target.platform not in MANAGED or dns.cidrs or PORT in dns.ports:
        return
    if dns.namespace == "kube-system" and dns.pods in OWN:
        listed = ", ".join(map(str, dns.ports)) or "none"
        message = f"the name servers of {target.platform} listen on {PORT}, and the ports are {listed}"
        yield Violation(message, "Remove `ports`, or say which pods these are.", ("target", "dns", "ports"))
