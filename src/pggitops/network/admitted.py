"""Whom a rule lets in, in words; and whether that is more than the cluster's own pods."""

from __future__ import annotations

from collections.abc import Iterator

from pggitops.network.blocks import size_bits
from pggitops.network.engine import NAMESPACE_NAME
from pggitops.network.rules import NetworkPolicy, Peer, Rule
from pggitops.network.selectors import demanded, words
from pggitops.parts.names import PREFIX


def said(peer: Peer, namespace: str) -> str:
    """A peer in words; `namespace` is its policy's."""
    if peer.block is not None:
        cidr, exceptions = peer.block
        return f"addresses {cidr}" + (f" except {', '.join(exceptions)}" if exceptions else "")
    pods = "every pod" if peer.pods is None or peer.pods.is_empty else f"pods {words(peer.pods)}"
    if peer.namespaces is None:
        return f"{pods} of {namespace}"
    if peer.namespaces.is_empty:
        return f"{pods} of every namespace"
    if peer.namespaces.labels.keys() == {NAMESPACE_NAME} and not peer.namespaces.expressions:
        return f"{pods} of {peer.namespaces.labels[NAMESPACE_NAME]}"
    return f"{pods} of namespaces {words(peer.namespaces)}"


def is_own(peer: Peer, policy: NetworkPolicy, clusters: frozenset[str]) -> bool:
    """Whether only pods of these clusters, in the policy's own namespace, can be a peer.

    Only the operator gives pods a cluster's label.
    """
    names = demanded(peer.pods, f"{PREFIX}/cluster")
    if peer.block is not None or names is None or not names <= clusters:
        return False
    if peer.namespaces is None:
        return True
    spaces = demanded(peer.namespaces, NAMESPACE_NAME)
    return spaces is not None and spaces <= {policy.namespace}


def strangers(rule: Rule, policy: NetworkPolicy, clusters: frozenset[str]) -> list[str]:
    """Whom a rule lets in besides pods of these clusters, in words."""
    if rule.peers is None:
        return ["anyone"]
    return [said(peer, policy.namespace) for peer in rule.peers if not is_own(peer, policy, clusters)]


def boundless(rule: Rule, ipv4: int, ipv6: int) -> Iterator[tuple[int | None, str]]:
    """The peers of a rule that nobody can count, each with its index: anyone, every namespace, wide ranges.

    A range is wide if its prefix is shorter than `ipv4` or `ipv6` bits.
    """
    if rule.peers is None:
        yield None, "anyone"
        return
    for index, peer in enumerate(rule.peers):
        if peer.block is not None:
            if is_wide(peer.block[0], ipv4, ipv6):
                yield index, f"all of {peer.block[0]}"
        elif peer.namespaces is not None and peer.namespaces.is_empty:
            yield index, said(peer, "")


def is_wide(cidr: str, ipv4: int, ipv6: int) -> bool:
    """Whether a range's prefix is shorter than so many bits."""
    return size_bits(cidr) > (128 - ipv6 if ":" in cidr else 32 - ipv4)
