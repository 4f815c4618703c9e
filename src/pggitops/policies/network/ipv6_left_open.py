"""A rule restricts IPv4 and opens all of IPv6.

## Why

`0.0.0.0/0` with exceptions keeps pods from private addresses; `::/0` beside it, without exceptions, opens the same
neighbours under their IPv6 addresses (`fc00::/7`, `fe80::/10`), and the metadata address that some clouds have there.
On a dual-stack network the restriction is none.

## How to fix

Except the same of both, or drop the family that is not used:

```yaml
- ipBlock: {cidr: "::/0", except: ["fc00::/7", "fe80::/10"]}
```
"""

from collections.abc import Iterator, Sequence

from pggitops.findings import Path, Severity, Violation
from pggitops.network.blocks import Block, is_everything
from pggitops.network.rules import EGRESS, INGRESS
from pggitops.policies import Facts

severity = Severity.WARNING


def check_environment(facts: Facts) -> Iterator[Violation]:
    fix = 'Write `{cidr: "::/0", except: ["fc00::/7", "fe80::/10"]}`, or drop ::/0.'
    for policy in facts.reachability().foreign:
        for direction, end in ((INGRESS, "from"), (EGRESS, "to")):
            for index, rule in enumerate(policy.rules(direction)):
                blocks = [peer.block if peer.block else ("", ()) for peer in rule.peers or ()]
                at = _open(blocks)
                if at is not None:
                    message = f"the NetworkPolicy {policy.name} restricts IPv4 and opens all of IPv6"
                    path: Path = ("spec", direction, index, end, at, "ipBlock")
                    yield Violation(message, fix, path, manifest=policy.id)
    target = facts.environment.target
    stores, servers = target.object_store.cidrs, target.api_server.cidrs if target.api_server else ()
    for word, cidrs in (("objectStore", stores), ("apiServer", servers)):
        at = _open([(cidr, ()) for cidr in cidrs]) if len(cidrs) > 1 else None
        if at is not None:
            message = f"{word} is a few ranges of IPv4 and all of IPv6"
            yield Violation(message, "Name the ranges of IPv6, or drop ::/0.", ("target", word, "cidrs", at))


def _open(blocks: Sequence[Block]) -> int | None:
    """Which block is all of IPv6, where IPv4 is there and restricted."""
    ipv4 = [block for block in blocks if "." in block[0] and ":" not in block[0]]
    if not ipv4 or any(is_everything(cidr) and not exceptions for cidr, exceptions in ipv4):
        return None
    found = [i for i, (cidr, exceptions) in enumerate(blocks) if ":" in cidr and is_everything(cidr) and not exceptions]
    return found[0] if found else None
