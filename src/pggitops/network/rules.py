"""NetworkPolicies as Kubernetes reads them (networking.k8s.io/v1, "Network Policies"), compiled once.

What is absent and what is empty are told apart: an absent or empty `from`, `to` or `ports` means any; an absent or
empty list of rules means none; an absent selector of a peer narrows nothing, an empty one selects everything.
"""

from __future__ import annotations

import functools
from collections.abc import Mapping, Sequence
from dataclasses import field
from typing import Any

from pggitops.network.blocks import Block
from pggitops.network.selectors import EVERYTHING, Selector, selector
from pggitops.record import mutable, record

INGRESS, EGRESS = "ingress", "egress"


@record
class Peer:
    """One item of `from` or `to`: an address block; or pods, of the policy's namespace if `namespaces` is None."""

    block: Block | None
    namespaces: Selector | None
    pods: Selector | None


@record
class Ports:
    """One item of `ports`: numbers from `first` to `last`, or a name; neither means every port of the protocol."""

    protocol: str
    first: int | None
    last: int
    name: str | None


@record
class Rule:
    """One rule; `peers` or `ports` None means any."""

    peers: tuple[Peer, ...] | None
    ports: tuple[Ports, ...] | None


@mutable
class NetworkPolicy:
    """One policy; `types` are the directions it decides on. Its rules are compiled when they are asked for.

    `id` is what a violation calls its manifest, `source` the file somebody wrote it in; empty for one of ours.
    """

    id: str
    name: str
    namespace: str
    pods: Selector
    types: Sequence[str]
    spec: Mapping[str, Any]
    source: str = ""
    _compiled: dict[str, tuple[Rule, ...]] = field(default_factory=dict)

    def decides(self, direction: str) -> bool:
        """Whether the policy says anything of a direction."""
        return direction.capitalize() in self.types

    def rules(self, direction: str) -> tuple[Rule, ...]:
        """The rules of a direction; none where it does not decide on it."""
        found = self._compiled.get(direction)
        if found is None:
            end = "from" if direction == INGRESS else "to"
            found = _rules(self.spec.get(direction), end) if self.decides(direction) else ()
            self._compiled[direction] = found
        return found


def network_policy(
    identity: str, document: Mapping[str, Any], default_namespace: str, source: str = ""
) -> NetworkPolicy:
    """A policy of its document, which its schema has accepted."""
    metadata, spec = document["metadata"], document.get("spec") or {}
    pods = selector(spec.get("podSelector")) or EVERYTHING
    namespace = metadata.get("namespace") or default_namespace
    return NetworkPolicy(identity, metadata["name"], namespace, pods, policy_types(spec), spec, source)


def policy_types(spec: Mapping[str, Any]) -> Sequence[str]:
    """The directions a policy decides on; unsaid, always Ingress, and Egress where there is a rule of it."""
    types: Sequence[str] = spec.get("policyTypes") or ()
    if types:
        return types
    return ("Ingress", "Egress") if spec.get("egress") else ("Ingress",)


def _rules(written: Sequence[Mapping[str, Any]] | None, end: str) -> tuple[Rule, ...]:
    return tuple([_rule(each or {}, end) for each in written]) if written else ()


def _rule(written: Mapping[str, Any], end: str) -> Rule:
    peers, ports = written.get(end), written.get("ports")
    return Rule(
        tuple([_peer(each or {}) for each in peers]) if peers else None,
        tuple([_ports(each or {}) for each in ports]) if ports else None,
    )


def _peer(written: Mapping[str, Any]) -> Peer:
    block = written.get("ipBlock")
    if block:
        return Peer((block["cidr"], tuple(block.get("except") or ())), None, None)
    return Peer(None, selector(written.get("namespaceSelector")), selector(written.get("podSelector")))


def _ports(written: Mapping[str, Any]) -> Ports:
    return _range(written.get("protocol") or "TCP", written.get("port"), written.get("endPort"))


@functools.lru_cache(maxsize=1024)
def _range(protocol: str, port: int | str | None, last: int | None) -> Ports:
    if isinstance(port, int):
        return Ports(protocol, port, last or port, None)
    return Ports(protocol, None, 0, port)
