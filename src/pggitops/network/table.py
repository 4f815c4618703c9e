"""Reachability as a table: who reaches which port of which pods by which rule, and where these pods may send."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from pggitops.findings import Path
from pggitops.network.admitted import said
from pggitops.network.engine import Addresses, End, Pod, Port, RuleAt, opens
from pggitops.network.pods import INSTANCES, OPERATOR, PGBOUNCER, REPO_HOST, ClusterPods
from pggitops.network.reachability import Reachability, listed
from pggitops.network.rules import EGRESS, INGRESS, NetworkPolicy, Peer, Ports, Rule
from pggitops.record import record

# what the container declares (deploy/operator.yaml)
_OPERATOR_PORTS: tuple[Port, ...] = ((8080, "TCP"),)


@record
class Row:
    """One way in to pods, or out of them.

    `ports` are the pods' for a way in and the other end's for a way out. `known` names the pods and declared ends that
    the rule is for, as far as their own end allows it too. Without a `policy` nothing restricts that direction.
    """

    cluster: str
    pods: str
    direction: str
    ports: str
    peer: str
    known: tuple[str, ...] = ()
    policy: NetworkPolicy | None = None
    path: Path = ()


@record
class Listening:
    """Pods that are alike, and the ports they listen on."""

    cluster: str
    names: str
    pod: Pod
    ports: tuple[Port, ...]


def rows(reach: Reachability, cluster: str | None = None) -> Iterator[Row]:
    """The table, of one cluster or of all pods; first the ways in of each kind of pods, then those out of it."""
    needs = list(reach.needs())
    senders = _ends(reach, [need.source for need in needs])
    receivers = _ends(reach, [target for need in needs for target in need.targets])
    for each in listening(reach):
        if cluster is None or each.cluster == cluster:
            for port in each.ports:
                yield from _incoming(reach, each, port, senders)
            yield from _outgoing(reach, each, receivers)


def listening(reach: Reachability) -> Iterator[Listening]:
    """Every kind of pods there is; those that the same policies select, with the same ports, together."""
    for pods in reach.clusters:
        alike: dict[tuple[Any, ...], list[Pod]] = {}
        for pod in pods.all:
            deciding = [reach.network.isolating(pod, direction) for direction in (INGRESS, EGRESS)]
            alike.setdefault((*deciding, _ports_of(pods, pod)), []).append(pod)
        for (*_, ports), same in alike.items():
            yield Listening(pods.cluster.name, listed([pod.name for pod in same]), same[0], ports)
    if reach.operator is not None:
        yield Listening("", reach.operator.name, reach.operator, _OPERATOR_PORTS)
    for _, pod in reach.workloads:
        yield Listening("", pod.name, pod, tuple(port for named in pod.ports.values() for port in named))


def _ports_of(pods: ClusterPods, pod: Pod) -> tuple[Port, ...]:
    return {
        INSTANCES: (pods.postgres_port, pods.patroni_port, pods.pgbackrest_port),
        PGBOUNCER: (pods.pgbouncer_port,),
        REPO_HOST: (pods.pgbackrest_port,),
        OPERATOR: _OPERATOR_PORTS,
    }.get(pod.group, ())


def _ends(reach: Reachability, declared: Iterable[End]) -> list[End]:
    """Who may be on the other end: the pods that exist, and what is declared."""
    known = {id(end): end for end in (*reach.pods, *declared) if isinstance(end, Pod) or not end.any_of}
    return list(known.values())


def _incoming(reach: Reachability, to: Listening, port: Port, ends: Iterable[End]) -> Iterator[Row]:
    network, pod = reach.network, to.pod
    about = to.cluster, to.names, INGRESS, _said_port(port)
    policies = network.isolating(pod, INGRESS)
    if not policies:
        yield Row(*about, "anyone")
        return
    is_reached = False
    for policy in policies:
        for index, rule in enumerate(policy.rules(INGRESS)):
            if not opens(rule, pod, port):
                continue
            for number, peer in _peers(rule):
                is_reached = True
                known = _known(reach, pod, port, policy, peer, ends)
                at = RuleAt(policy, INGRESS, index, number).path
                yield Row(*about, "anyone" if peer is None else said(peer, policy.namespace), known, policy, at)
    if not is_reached:
        yield Row(*about, "nobody", (), policies[0], ("spec",))


def _peers(rule: Rule) -> Iterator[tuple[int | None, Peer | None]]:
    if rule.peers is None:
        yield None, None
    else:
        yield from enumerate(rule.peers)


def _known(
    reach: Reachability, pod: Pod, port: Port, policy: NetworkPolicy, peer: Peer | None, ends: Iterable[End]
) -> tuple[str, ...]:
    names = [end.name for end in ends if _is_one(reach, peer, policy, end) and reach.network.connects(end, pod, port)]
    return tuple(dict.fromkeys(names))


def _is_one(reach: Reachability, peer: Peer | None, policy: NetworkPolicy, end: End) -> bool:
    """Whether a peer is for an end; blocks are for addresses, although they may match pods too."""
    if peer is None or (peer.block is None) == isinstance(end, Addresses):
        return False
    return reach.network.matches(peer, policy.namespace, end)


def _outgoing(reach: Reachability, of: Listening, ends: list[End]) -> Iterator[Row]:
    about = of.cluster, of.names, EGRESS
    policies = reach.network.isolating(of.pod, EGRESS)
    if not policies:
        yield Row(*about, "every port", "anywhere")
        return
    sends = False
    for policy in policies:
        for index, rule in enumerate(policy.rules(EGRESS)):
            for number, peer in _peers(rule):
                sends = True
                at = RuleAt(policy, EGRESS, index, number).path
                where = "anywhere" if peer is None else said(peer, policy.namespace)
                known = tuple(dict.fromkeys([end.name for end in ends if _is_one(reach, peer, policy, end)]))
                yield Row(*about, _said_ports(rule.ports), where, known, policy, at)
    if not sends:
        yield Row(*about, "no port", "nowhere", (), policies[0], ("spec",))


def _said_port(port: Port) -> str:
    number, protocol = port
    return str(number) if protocol == "TCP" else f"{number}/{protocol}"


def _said_ports(ports: tuple[Ports, ...] | None) -> str:
    if ports is None:
        return "every port"
    words = []
    for each in ports:
        number = each.name or (
            f"{each.first}-{each.last}" if each.last != each.first else str(each.first) if each.first else "every"
        )
        words.append(number if each.protocol == "TCP" else f"{number}/{each.protocol}")
    return ", ".join(words)
