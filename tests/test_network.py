"""NetworkPolicies: adversarial cases as data (`tests/cases/network`), laws that hold for any of them."""

from __future__ import annotations

import ipaddress
import random
import re
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from pggitops.network.blocks import covered, opened, overlap
from pggitops.network.engine import Addresses, End, Network, Pod, network
from pggitops.network.rules import EGRESS, INGRESS, network_policy

CASES = Path(__file__).parent / "cases" / "network"


def cases() -> list[Any]:
    return [
        pytest.param(case, id=f"{path.stem}: {case['name']}")
        for path in sorted(CASES.glob("*.yaml"))
        for case in yaml.safe_load(path.read_text())
    ]


def numbered(port: str | int) -> tuple[int, str]:
    number, _, protocol = str(port).partition("/")
    return int(number), protocol or "TCP"


def built(case: dict[str, Any]) -> tuple[Network, dict[str, Pod]]:
    pods = {
        name: Pod(
            name,
            pod.get("namespace", "one"),
            pod.get("labels", {}),
            {key: (numbered(port),) for key, port in pod.get("ports", {}).items()},
            pod.get("replicas", 1),
            pod.get("partial", False),
            pod.get("host", False),
            tuple(pod.get("addresses", ())),
            lacks=pod.get("lacks", ""),
        )
        for name, pod in case["pods"].items()
    }
    policies = [
        network_policy(
            f"p{index}",
            {
                "metadata": {"name": f"p{index}", "namespace": written.get("namespace", "one")},
                "spec": {key: value for key, value in written.items() if key != "namespace"},
            },
            "one",
        )
        for index, written in enumerate(case["policies"])
    ]
    spaces = {pod.namespace for pod in pods.values()} - set(case.get("unknown", ()))
    return network(policies, {name: {} for name in spaces} | case.get("namespaces", {})), pods


def ends(said: str, pods: dict[str, Pod]) -> tuple[End, End, tuple[int, str]]:
    """`api -> db:5432/UDP`: who connects to whom, by name or address, and to which port."""
    source, target = said.split(" -> ")
    name, port = re.fullmatch(r"(.*):([0-9]+(?:/(?:UDP|SCTP))?)", target).groups()  # type: ignore[union-attr]
    found = [pods.get(each) or Addresses(each, (each,)) for each in (source, name)]
    return found[0], found[1], numbered(port)


@pytest.mark.parametrize("case", cases())
def test_case(case: dict[str, Any]) -> None:
    connected, pods = built(case)
    wrong = [said for said in case.get("open", ()) if not connected.connects(*ends(said, pods))]
    assert not wrong, "closed, and should be open"
    wrong = [said for said in case.get("closed", ()) if connected.connects(*ends(said, pods))]
    assert not wrong, "open, and should be closed"
    assert case.get("open") or case.get("closed")


# laws

KEYS, VALUES, NAMESPACES = ("app", "tier"), ("a", "b", ""), ("one", "two")
labels = st.dictionaries(st.sampled_from(KEYS), st.sampled_from(VALUES))
expressions = st.one_of(
    st.fixed_dictionaries(
        {
            "key": st.sampled_from(KEYS),
            "operator": st.sampled_from(("In", "NotIn")),
            "values": st.lists(st.sampled_from(VALUES), min_size=1, max_size=2),
        }
    ),
    st.fixed_dictionaries({"key": st.sampled_from(KEYS), "operator": st.sampled_from(("Exists", "DoesNotExist"))}),
)
selectors = st.fixed_dictionaries(
    {}, optional={"matchLabels": labels, "matchExpressions": st.lists(expressions, max_size=2)}
)
CIDRS = ("0.0.0.0/0", "10.0.0.0/8", "10.1.0.0/16", "10.1.2.3/32", "::/0", "2001:db8::/32", "fc00::/7")
blocks = st.sampled_from(CIDRS).flatmap(
    lambda cidr: st.fixed_dictionaries(
        {"cidr": st.just(cidr)},
        optional={
            "except": st.lists(st.sampled_from([each for each in CIDRS if (":" in each) == (":" in cidr)]), max_size=2)
        },
    )
)
peers = st.one_of(
    st.fixed_dictionaries({"ipBlock": blocks}),
    st.fixed_dictionaries({"podSelector": selectors}, optional={"namespaceSelector": selectors}),
    st.fixed_dictionaries({"namespaceSelector": selectors}),
)
ports = st.one_of(
    st.fixed_dictionaries({"port": st.sampled_from((1, 2, 5))}, optional={"protocol": st.sampled_from(("TCP", "UDP"))}),
    st.fixed_dictionaries({"port": st.just(1), "endPort": st.sampled_from((1, 3))}),
    st.fixed_dictionaries({"port": st.sampled_from(("web", "db"))}),
    st.fixed_dictionaries({"protocol": st.sampled_from(("TCP", "UDP"))}),
)


def rules(end: str) -> Any:
    return st.fixed_dictionaries({}, optional={end: st.lists(peers, max_size=2), "ports": st.lists(ports, max_size=2)})


policies = st.fixed_dictionaries(
    {"podSelector": selectors, "namespace": st.sampled_from(NAMESPACES)},
    optional={
        "policyTypes": st.lists(st.sampled_from(("Ingress", "Egress")), unique=True),
        "ingress": st.lists(rules("from"), max_size=3),
        "egress": st.lists(rules("to"), max_size=3),
    },
)
pods = st.dictionaries(
    st.sampled_from(("p", "q", "r")),
    st.fixed_dictionaries(
        {"namespace": st.sampled_from(NAMESPACES), "labels": labels},
        optional={"ports": st.dictionaries(st.sampled_from(("web", "db")), st.sampled_from((1, 2, 3)))},
    ),
    min_size=2,
)
worlds = st.fixed_dictionaries(
    {
        "pods": pods,
        "policies": st.lists(policies, max_size=4),
        "namespaces": st.fixed_dictionaries(dict.fromkeys(NAMESPACES, labels)),
    }
)
OUTSIDE = [
    Addresses(cidr, (cidr,)) for cidr in ("10.1.2.3/32", "10.9.0.0/16", "0.0.0.0/0", "2001:db8::1/128", "fd00::/8")
]
PORTS = [(1, "TCP"), (2, "TCP"), (3, "TCP"), (5, "UDP"), (9, "TCP")]


def connections(world: dict[str, Any]) -> set[tuple[str, str, tuple[int, str]]]:
    connected, inside = built(world)
    everyone: list[End] = [*inside.values(), *OUTSIDE]
    return {
        (one.name, other.name, port)
        for one in everyone
        for other in everyone
        for port in PORTS
        if (isinstance(one, Pod) or isinstance(other, Pod)) and connected.connects(one, other, port)
    }


@settings(deadline=None)
@given(worlds, st.data())
def test_an_allow_rule_more_never_closes_anything(world: dict[str, Any], data: st.DataObject) -> None:
    before = connections(world)
    if not world["policies"]:
        return
    policy = data.draw(st.sampled_from(world["policies"]))
    direction, end = data.draw(st.sampled_from((("ingress", "from"), ("egress", "to"))))
    if direction == "egress" and not policy.get("policyTypes") and not policy.get("egress"):
        policy["policyTypes"] = ["Ingress"]
    policy[direction] = [*policy.get(direction, ()), data.draw(rules(end))]
    assert connections(world) >= before


@settings(deadline=None)
@given(worlds, st.randoms(use_true_random=False))
def test_order_does_not_matter(world: dict[str, Any], chance: random.Random) -> None:
    before = connections(world)
    chance.shuffle(world["policies"])
    for policy in world["policies"]:
        for direction in ("ingress", "egress"):
            for rule in policy.get(direction, ()):
                chance.shuffle(rule.get("from", []))
                chance.shuffle(rule.get("ports", []))
            chance.shuffle(policy.get(direction, []))
    assert connections(world) == before


@settings(deadline=None)
@given(worlds, policies)
def test_a_policy_that_selects_nothing_changes_nothing(world: dict[str, Any], policy: dict[str, Any]) -> None:
    before = connections(world)
    policy["podSelector"] = {"matchLabels": {"nobody": "has-this"}}
    world["policies"].append(policy)
    assert connections(world) == before


@settings(deadline=None)
@given(worlds, policies)
def test_a_policy_more_only_closes_pods_that_were_open(world: dict[str, Any], policy: dict[str, Any]) -> None:
    before = connections(world)
    connected, inside = built(world)
    was = {(pod.name, end): bool(connected.isolating(pod, end)) for pod in inside.values() for end in (INGRESS, EGRESS)}
    world["policies"].append(policy)
    lost = before - connections(world)
    for source, target, _ in lost:
        assert not was.get((source, EGRESS), True) or not was.get((target, INGRESS), True)


@settings(deadline=None)
@given(worlds)
def test_without_policies_everything_is_open(world: dict[str, Any]) -> None:
    everything = connections({**world, "policies": []})
    count = len(world["pods"])
    assert len(everything) == (count * count + 2 * count * len(OUTSIDE)) * len(PORTS)
    assert connections(world) <= everything


@settings(deadline=None)
@given(worlds)
def test_what_allows_is_named(world: dict[str, Any]) -> None:
    """A connection is allowed at an end if and only if nothing decides there, or a rule is found that does it."""
    connected, inside = built(world)
    for pod in inside.values():
        for direction in (INGRESS, EGRESS):
            for other in [*inside.values(), *OUTSIDE[:2]]:
                for port in PORTS:
                    found = list(connected.allowing(pod, direction, other, port))
                    isolated = bool(connected.isolating(pod, direction))
                    whole = isinstance(other, Pod) or len(found) > 0
                    if whole:
                        assert connected.allows(pod, direction, other, port) == (not isolated or bool(found))
                    for at in found:
                        document = world["policies"][int(at.policy.id[1:])]
                        assert len(document[direction]) > at.rule


@settings(deadline=None)
@given(st.sampled_from(CIDRS), st.lists(st.sampled_from(CIDRS), max_size=3), st.integers(0, 2**32 - 1))
def test_blocks_are_those_of_another_implementation(cidr: str, exceptions: list[str], number: int) -> None:
    """Python's own networks say of single addresses what the intervals say."""
    for address in (ipaddress.IPv4Address(number), ipaddress.IPv6Address(number << 96)):
        inside = [ipaddress.ip_network(each) for each in exceptions]
        expected = address in ipaddress.ip_network(cidr) and not any(address in each for each in inside)
        block = cidr, tuple(exceptions)
        assert overlap(block, (str(address),)) is expected
        assert covered((str(address),), (block,)) is expected
        assert (
            any(first <= int(address) <= last for family, first, last in opened(block) if family == address.version)
            is expected
        )
