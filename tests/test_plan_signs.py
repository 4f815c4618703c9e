"""There and back: a change and its opposite are told by opposite rules."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

import repositories
from pggitops.plan import effects
from pggitops.plan.effects import context
from pggitops.plan.model import Side
from plan_sides import between, changed, read, side


def rules(old: Side, new: Side) -> list[str]:
    changes = between(old, new)
    return sorted(each.rule for each in effects.of(changes, context.of(changes, old, new)))


@pytest.mark.parametrize("case", [pytest.param(case, id=case["case"]) for case in read("signs.yaml")])
def test_the_way_back_has_the_opposite_sign(case: dict[str, Any]) -> None:
    about = case.get("of", "cluster")
    one = changed(read("base.yaml")[about], case.get("before", {}))
    other = changed(one, case["after"]) if "after" in case else None
    cluster = [] if about == "cluster" else [read("base.yaml")["cluster"]]
    here, there = side([*cluster, one]), side([*cluster, *([other] if other else [])])
    assert rules(here, there) == sorted(case["there"])
    assert rules(there, here) == sorted(case["back"])
    assert set(case["there"]).isdisjoint(case["back"])


DENIED = """\
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata: {name: extra, namespace: shop-db}
spec:
  podSelector: {}
  policyTypes: [Egress]
  egress:
    - {to: [{namespaceSelector: {matchLabels: {kubernetes.io/metadata.name: kube-system}}}], ports: [PORTS]}
"""
DNS = "{port: 53, protocol: UDP}, {port: 53, protocol: TCP}"


def test_what_is_needed_is_missed(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """The needs of the new side decide: the API server is one, another port of the name service's namespace is not."""
    repository = repositories.new(tmp_path, "shop")
    ports = DENIED.replace("PORTS", DNS)
    repository.write({"shop/manifests/extra.yaml": ports})
    assert sends_less(repository, capsys) == {"network-sends-less"}
    open_to_all = ports.replace("  egress:\n", "  egress:\n    - {ports: [{port: 1, endPort: 65535}]}\n")
    repository.write({"shop/manifests/extra.yaml": open_to_all.replace(DNS, f"{DNS}, {{port: 9153, protocol: UDP}}")})
    repository.save()
    repository.write({"shop/manifests/extra.yaml": open_to_all})
    assert sends_less(repository, capsys) == {"network-sends-unneeded"}


def sends_less(repository: repositories.Repository, capsys: pytest.CaptureFixture[str]) -> set[str]:
    _, plan = repositories.plan(capsys, repository.root, "HEAD")
    found = {each["rule"] for cluster in plan["clusters"] for each in cluster["effects"]}
    return found & {"network-sends-less", "network-sends-unneeded"}
