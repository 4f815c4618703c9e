"""A range among the target's facts holds nearly every address.

## Why

NetworkPolicies are made from these facts. `nodes.cidrs` are let in to pgBouncer where a load balancer forwards; the API
server's, the DNS cache's and the object store's are opened for what goes out. A range like `0.0.0.0/0` makes each of
them a rule for everybody, private networks and the metadata address included.

## How to fix

Write the real ranges: the nodes' subnet, the API server's address or the control plane's subnet. Without any
`objectStore.cidrs` all public addresses are opened on 443, and no private ones.

Settings: `ipv4: 8` and `ipv6: 32`, the shortest prefixes of a range that are not too wide.
"""

from collections.abc import Iterator

from pggitops.findings import Severity, Violation
from pggitops.network.admitted import is_wide
from pggitops.policies import Facts

severity = Severity.ERROR
lenient = Severity.WARNING
settings = {"ipv4": 8, "ipv6": 32}


def check_environment(facts: Facts) -> Iterator[Violation]:
    target = facts.environment.target
    facts_of = {
        "nodes": target.nodes.cidrs if target.nodes else (),
        "apiServer": target.api_server.cidrs if target.api_server else (),
        "dns": target.dns.cidrs if target.dns else (),
        "objectStore": target.object_store.cidrs,
    }
    ipv4, ipv6 = (facts.setting("target-range-too-wide", word) for word in settings)
    for word, cidrs in facts_of.items():
        for index, cidr in enumerate(cidrs):
            if is_wide(cidr, ipv4, ipv6):
                message = f"{word} is said to be all of {cidr}"
                yield Violation(message, "Write the real range.", ("target", word, "cidrs", index))
