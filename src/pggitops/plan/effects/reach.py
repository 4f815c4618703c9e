"""Who reaches a cluster's pods, and whom these reach, before and after: NetworkPolicies only count all together."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from pggitops import schema
from pggitops.network.admitted import said
from pggitops.network.blocks import covered, is_everything
from pggitops.network.engine import Network, Pod, network, opens
from pggitops.network.pods import INSTANCES, PGBOUNCER, REPO_HOST, labels_of
from pggitops.network.rules import EGRESS, INGRESS, Peer, Rule, network_policy
from pggitops.parts.names import PREFIX
from pggitops.plan.effects import facts
from pggitops.plan.effects.context import Context, Document
from pggitops.plan.effects.differences import Difference
from pggitops.plan.effects.drafts import Draft, draft
from pggitops.plan.effects.table import rows
from pggitops.plan.model import Side
from pggitops.record import record

_SPOKEN = {INSTANCES: "PostgreSQL pods", PGBOUNCER: "PgBouncer pods", REPO_HOST: "the repository host"}
_LISTED = 4
_ANYONE = "anyone"
_ANYWHERE = "every address"


@record
class Way:
    """What a direction allows with an end, and the policies that do; `peer` None for no restriction of who."""

    peer: Peer | None
    namespace: str
    policies: set[str]


Ways = dict[tuple[str, str], Way]
"""By port and end, both in words."""

Told = tuple[tuple[str, str], Way]


def network_drafts(changed: list[Difference], context: Context) -> list[Draft]:
    """The effects of changed NetworkPolicies; every one of them is in at least one."""
    if not all(map(_is_readable, (context.old_objects, context.new_objects))):
        return [draft(rows()["network-unreadable"], changed)]
    old, new = _network(context.old_objects), _network(context.new_objects)
    found: list[Draft] = []
    for before, after in _clusters(context):
        for kind in _SPOKEN:
            pods = _pod(before, kind), _pod(after, kind)
            if pods[0] is not None and pods[1] is not None:
                name = str(after["metadata"]["name"])
                found += _incoming(old, new, (pods[0], pods[1]), (kind, name), changed)
                found += _outgoing(old, new, (pods[0], pods[1]), (kind, name), changed, context.is_cut)
    told = {id(each) for one in found for each in one.differences}
    rest = [each for each in changed if id(each) not in told]
    if rest:
        is_whole = context.old is None or context.new is None
        rule = "network-of-others" if not context.name else "network-of-cluster" if is_whole else "network-same"
        found.append(draft(rows()[rule], rest))
    return found


def _is_readable(side: Side) -> bool:
    """Whether every policy is one that an API server would have taken: a side may come from anywhere."""
    policies = (each.document for key, each in side.items() if key[1:3] == facts.NETWORK_POLICY)
    return not any(schema.check_manifest(dict(each), "", None) for each in policies)


def _network(side: Side) -> Network:
    policies, namespaces = [], {}
    for key, each in side.items():
        if key[1:3] == facts.NETWORK_POLICY:
            policies.append(network_policy(key.name, each.document, key.namespace))
        elif key.kind == "Namespace":
            namespaces[key.name] = facts.a_map(facts.a_map(each.document.get("metadata")).get("labels"))
    return network(policies, namespaces)


def _clusters(context: Context) -> Iterator[tuple[Document, Document]]:
    """The clusters that are there on both sides: the context's own, or all where it is of none."""
    if context.name:
        if context.old is not None and context.new is not None:
            yield context.old, context.new
        return
    for key, each in context.new_objects.items():
        if key.kind == "PerconaPGCluster" and key in context.old_objects:
            yield context.old_objects[key].document, each.document


def _pod(document: Document, kind: str) -> Pod | None:
    spec, metadata = facts.spec(document), document["metadata"]
    pooler = facts.a_map(facts.a_map(spec.get("proxy")).get("pgBouncer"))
    if (kind == PGBOUNCER and not pooler) or (kind == REPO_HOST and not facts.has_repo_host(document)):
        return None
    sets = facts.maps(spec.get("instances")) or [{}]
    holes = {"cluster": metadata["name"], "version": str(spec.get("crVersion", "")), "role": "primary"}
    holes["set"] = str(sets[0].get("name", "00"))
    own = {INSTANCES: sets[0], PGBOUNCER: pooler, REPO_HOST: facts.a_map(spec.get("backups")).get("pgbackrest")}[kind]
    labels = labels_of(kind, holes, _labels(spec), _labels(facts.a_map(own)))
    port = facts.number((spec if kind == INSTANCES else pooler).get("port"), 5432)
    ports = {"postgres": ((port, "TCP"),), "pgbouncer": ((port, "TCP"),)}
    return Pod(_SPOKEN[kind], metadata.get("namespace", ""), labels, ports, group=kind)


def _labels(holder: Mapping[str, Any]) -> Mapping[str, str]:
    return facts.a_map(facts.a_map(holder.get("metadata")).get("labels"))


Pair = tuple[Pod, Pod]
Whose = tuple[str, str]
"""The kind of pods, and their cluster."""


def _incoming(old: Network, new: Network, pods: Pair, whose: Whose, changed: list[Difference]) -> Iterator[Draft]:
    open_before, open_after = (not net.isolating(pod, INGRESS) for net, pod in zip((old, new), pods, strict=True))
    if open_before and open_after:
        return
    if open_after:
        yield _draft("network-unguarded", whose, [], changed)
        return
    before, after = _ways(old, pods[0], INGRESS), _ways(new, pods[1], INGRESS)
    if open_before:
        yield _draft("network-closed", whose, list(after.items()), changed)
        return
    fresh = _fresh(after, before)
    boundless = [each for each in fresh if _is_boundless(each[1].peer)]
    yield from _drafts("network-open-to-all", whose, boundless, changed)
    yield from _drafts("network-reached", whose, [each for each in fresh if each not in boundless], changed)
    yield from _drafts("network-cut", whose, _fresh(before, after), changed)


def _outgoing(
    old: Network,
    new: Network,
    pods: Pair,
    whose: Whose,
    changed: list[Difference],
    is_cut: Callable[[], bool] | None,
) -> Iterator[Draft]:
    before, after = _sends(old, pods[0]), _sends(new, pods[1])
    yield from _drafts("network-sends-more", whose, _fresh(after, before), changed)
    less = _fresh(before, after)
    if less:
        rule = "network-sends-unneeded" if is_cut is not None and not is_cut() else "network-sends-less"
        yield _draft(rule, whose, less, changed)


def _sends(net: Network, pod: Pod) -> Ways:
    if not net.isolating(pod, EGRESS):
        return {("", _ANYWHERE): Way(None, pod.namespace, set())}
    return _ways(net, pod, EGRESS)


def _fresh(ways: Ways, others: Ways) -> list[Told]:
    """What one side allows and the other does not, also not by a wider rule."""
    found = []
    for (port, peer), way in ways.items():
        beside = [other for (at, _), other in others.items() if at in (port, "")]
        if (port, peer) not in others and not any(_is_everybody(one.peer) for one in beside):
            blocks = tuple(one.peer.block for one in beside if one.peer is not None and one.peer.block is not None)
            block = way.peer.block if way.peer else None
            if block is None or block[1] or not covered((block[0],), blocks):
                found.append(((port, peer), way))
    return found


def _ways(net: Network, pod: Pod, direction: str) -> Ways:
    found: Ways = {}
    unbounded = _ANYONE if direction == INGRESS else _ANYWHERE
    for policy in net.isolating(pod, direction):
        for rule in policy.rules(direction):
            for port in _ports(rule, pod, direction):
                for peer in rule.peers or (None,):
                    words = unbounded if peer is None else said(peer, policy.namespace)
                    way = found.setdefault((port, words), Way(peer, policy.namespace, set()))
                    way.policies.add(policy.name)
    return found


def _ports(rule: Rule, pod: Pod, direction: str) -> Iterator[str]:
    """The ports of a rule in words; empty for all of them. A name counts with the number it has in the pod."""
    if rule.ports is None:
        yield ""
        return
    for each in rule.ports:
        protocol = "" if each.protocol == "TCP" else f"/{each.protocol}"
        if each.name is not None and direction == INGRESS:
            yield from (str(number) for number, _ in pod.ports.get(each.name, ()) if opens(rule, pod, (number, "TCP")))
        elif each.name is not None:
            yield each.name + protocol
        else:
            last = f"-{each.last}" if each.last != each.first else ""
            yield f"{each.first}{last}{protocol}" if each.first is not None else protocol


def _is_boundless(peer: Peer | None) -> bool:
    """Whether a peer is everybody: no peer, all addresses, every pod of every namespace."""
    if peer is None:
        return True
    if peer.block is not None:
        return is_everything(peer.block[0])
    is_every_pod = peer.pods is None or peer.pods.is_empty
    return is_every_pod and peer.namespaces is not None and peer.namespaces.is_empty


def _is_everybody(peer: Peer | None) -> bool:
    return _is_boundless(peer) and (peer is None or peer.block is None or not peer.block[1])


def _drafts(rule: str, whose: Whose, told: list[Told], changed: list[Difference]) -> list[Draft]:
    return [_draft(rule, whose, told, changed)] if told else []


def _draft(rule: str, whose: Whose, told: list[Told], changed: list[Difference]) -> Draft:
    """One effect for all ends; its changes are those of the policies that let them through."""
    names = {name for _, way in told for name in way.policies}
    own = [each for each in changed if each.object.name in names] or changed
    words = {"pods": _SPOKEN[whose[0]], "cluster": whose[1], "peers": _peers([key for key, _ in told], whose[1])}
    return draft(rows()[rule], own, (), words)


def _peers(ends: list[tuple[str, str]], cluster: str) -> str:
    """Ends with their ports; the operator's labels without their prefix, the cluster's own pods as such."""
    ports: dict[str, list[str]] = {}
    for port, peer in ends:
        own = peer.replace(f"{PREFIX}/cluster={cluster},", "").replace(f"{PREFIX}/", "")
        ports.setdefault(own, []).append(port)
    said = [f"{peer} on port {' and '.join(at)}" if all(at) else peer for peer, at in ports.items()]
    more = len(said) - _LISTED
    return ", ".join(said[:_LISTED]) + (f" and {more} more" if more > 0 else "") or "nobody"
