"""Who reaches port P of these pods, and by which rule: both ends must allow a connection.

Exactly the documentation's rules: a pod that no policy selects for a direction allows everything in it; one that some
select allows what any rule of any of them allows; policies add up and have no order. A named port is looked up in the
pod that receives. A pod reaches itself. Pods on the host's network are nodes to every policy: they are not selected,
and no selector of pods matches them.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import field
from typing import NamedTuple

from pggitops.model import EMPTY
from pggitops.network.blocks import covered, overlap
from pggitops.network.rules import EGRESS, INGRESS, NetworkPolicy, Peer, Ports, Rule
from pggitops.network.selectors import Labels, selects, surely_selects
from pggitops.record import mutable, record

NAMESPACE_NAME = "kubernetes.io/metadata.name"
"""The label the API server puts on every namespace."""

Port = tuple[int, str]
"""A port's number and protocol."""


@record
class Pod:
    """One pod, or several that are alike (`replicas`).

    `is_partial` says that it may have more labels than these, though none that begins with `lacks`. `addresses` is
    where its traffic comes from if that is known; a pod on the host's network has the nodes' addresses. `listens` is
    false where no container has a port, `group` is the kind of pods it stands for.
    """

    name: str
    namespace: str
    labels: Labels
    ports: Mapping[str, tuple[Port, ...]] = EMPTY
    replicas: int = 1
    is_partial: bool = False
    is_on_host: bool = False
    addresses: tuple[str, ...] = ()
    group: str = ""
    listens: bool = True
    lacks: str = ""


@record
class Addresses:
    """Something outside: it is reached if every address of it is, or, where `any_of`, if one is.

    With `any_of` it may be any of the addresses, but none of `without`.
    """

    name: str
    cidrs: tuple[str, ...]
    any_of: bool = False
    without: tuple[str, ...] = ()


End = Pod | Addresses


class RuleAt(NamedTuple):
    """The place of what allows: rule and peer of a policy's direction; `peer` None for a rule without peers."""

    policy: NetworkPolicy
    direction: str
    rule: int
    peer: int | None

    @property
    def path(self) -> tuple[str | int, ...]:
        """Its place in the policy's document."""
        end = "from" if self.direction == INGRESS else "to"
        return "spec", self.direction, self.rule, *(() if self.peer is None else (end, self.peer))


@mutable
class Network:
    """Policies by namespace, and what is known of the namespaces' labels; whose are not known have their name."""

    policies: Mapping[str, tuple[NetworkPolicy, ...]]
    namespaces: Mapping[str, Labels] = field(default_factory=dict)
    _isolating: dict[tuple[int, str], tuple[NetworkPolicy, ...]] = field(default_factory=dict)
    _pods: list[Pod] = field(default_factory=list)

    def isolating(self, pod: Pod, direction: str) -> tuple[NetworkPolicy, ...]:
        """The policies that select a pod and decide on a direction; none means that all is allowed.

        A pod that is not wholly known counts as selected by what may select it, once anything surely does.
        """
        key = id(pod), direction
        found = self._isolating.get(key)
        if found is None:
            own = () if pod.is_on_host else self.policies.get(pod.namespace, ())
            selecting = [policy for policy in own if selects(policy.pods, pod.labels, pod.is_partial, pod.lacks)]
            for each in (INGRESS, EGRESS):
                deciding = tuple([policy for policy in selecting if policy.decides(each)])
                if pod.is_partial and not any(
                    surely_selects(policy.pods, pod.labels, pod.lacks) for policy in deciding
                ):
                    deciding = ()
                self._isolating[id(pod), each] = deciding
            # as long as it lives, its id is its own
            self._pods.append(pod)
            found = self._isolating[key]
        return found

    def allowing(self, pod: Pod, direction: str, other: End, port: Port) -> Iterator[RuleAt]:
        """The rules that let a pod receive from, or send to, the other end; `port` is the receiver's."""
        receiver = pod if direction == INGRESS else other
        for policy in self.isolating(pod, direction):
            for index, rule in enumerate(policy.rules(direction)):
                if rule.ports is not None and not _opens(rule.ports, receiver, port):
                    continue
                if rule.peers is None:
                    yield RuleAt(policy, direction, index, None)
                    continue
                for number, peer in enumerate(rule.peers):
                    if self.matches(peer, policy.namespace, other):
                        yield RuleAt(policy, direction, index, number)

    def allows(self, pod: Pod, direction: str, other: End, port: Port) -> bool:
        """Whether one end allows a connection."""
        isolating = self.isolating(pod, direction)
        if not isolating:
            return True
        receiver = pod if direction == INGRESS else other
        for policy in isolating:
            for rule in policy.rules(direction):
                if rule.ports is not None and not _opens(rule.ports, receiver, port):
                    continue
                if rule.peers is None:
                    return True
                for peer in rule.peers:
                    if self.matches(peer, policy.namespace, other):
                        return True
        return isinstance(other, Addresses) and not other.any_of and self._allows_each(pod, direction, other, port)

    def _allows_each(self, pod: Pod, direction: str, other: Addresses, port: Port) -> bool:
        """Whether the blocks of all rules together hold all addresses of the other end."""
        receiver = pod if direction == INGRESS else other
        blocks = []
        for policy in self.isolating(pod, direction):
            for rule in policy.rules(direction):
                if rule.ports is not None and not _opens(rule.ports, receiver, port):
                    continue
                blocks += [peer.block for peer in rule.peers or () if peer.block is not None]
        return covered(other.cidrs, tuple(blocks))

    def matches(self, peer: Peer, namespace: str, other: End) -> bool:
        """Whether the other end is one of a peer's; `namespace` is the policy's."""
        if peer.block is not None:
            if isinstance(other, Addresses):
                if other.any_of:
                    return overlap(peer.block, other.cidrs, other.without)
                return covered(other.cidrs, (peer.block,))
            return bool(other.addresses) and overlap(peer.block, other.addresses)
        if isinstance(other, Addresses) or other.is_on_host:
            return False
        if peer.namespaces is None:
            # neither selector is no peer at all: the API server takes none such
            if other.namespace != namespace or peer.pods is None:
                return False
        elif not self._in(peer, other.namespace):
            return False
        return peer.pods is None or selects(peer.pods, other.labels, other.is_partial, other.lacks)

    def _in(self, peer: Peer, namespace: str) -> bool:
        assert peer.namespaces is not None
        known = self.namespaces.get(namespace)
        labels = {NAMESPACE_NAME: namespace} if known is None else known
        return selects(peer.namespaces, labels, known is None)

    def connects(self, source: End, target: End, port: Port) -> bool:
        """Whether a connection is allowed by both ends."""
        if source is target and isinstance(source, Pod) and source.replicas == 1:
            return True
        if isinstance(source, Pod) and not self.allows(source, EGRESS, target, port):
            return False
        return not isinstance(target, Pod) or self.allows(target, INGRESS, source, port)


def network(policies: Iterable[NetworkPolicy], namespaces: Mapping[str, Labels]) -> Network:
    """The policies of all namespaces together; the labels of those namespaces that are wholly known."""
    grouped: dict[str, list[NetworkPolicy]] = {}
    for policy in policies:
        grouped.setdefault(policy.namespace, []).append(policy)
    known = {name: {**labels, NAMESPACE_NAME: name} for name, labels in namespaces.items()}
    return Network({name: tuple(each) for name, each in grouped.items()}, known)


def _opens(ports: tuple[Ports, ...], receiver: End, port: Port) -> bool:
    number, protocol = port
    for each in ports:
        if each.protocol != protocol:
            continue
        if each.first is not None:
            if each.first <= number <= each.last:
                return True
        elif each.name is None or (isinstance(receiver, Pod) and port in receiver.ports.get(each.name, ())):
            return True
    return False


def opens(rule: Rule, receiver: End, port: Port) -> bool:
    """Whether a rule is about a port of the receiver."""
    return rule.ports is None or _opens(rule.ports, receiver, port)


def selects_pod(policy: NetworkPolicy, pod: Pod) -> bool:
    """Whether a policy is for a pod."""
    in_reach = policy.namespace == pod.namespace and not pod.is_on_host
    return in_reach and selects(policy.pods, pod.labels, pod.is_partial, pod.lacks)
