"""The example fleet is one that could run: everything it asks for fits the nodes it declares."""

from __future__ import annotations

from collections import defaultdict
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest

from pggitops import compose, model
from pggitops.compose import Sources, environment_names
from pggitops.compose.merge import merge
from pggitops.model import Environment, NodePool
from pggitops.units import quantity

ROOT = Path(__file__).parent.parent


def environments() -> list[Environment]:
    sources = Sources(ROOT)
    names = environment_names(ROOT)
    return [model.build(name, compose.compose(sources, compose.load(sources, name).layers)) for name in names]


def asked(environment: Environment) -> list[tuple[dict[str, str], tuple[Any, ...], Fraction, Fraction, int]]:
    """Each kind of pod: node selector, tolerations, cores, bytes, how many."""
    pods: list[tuple[dict[str, str], tuple[Any, ...], Fraction, Fraction, int]] = []
    operator = environment.operator.resources
    pods.append(({}, (), quantity(operator.cpu or 0), quantity(operator.memory or "0"), 1))
    for cluster in environment.clusters.values():
        for sized in (*cluster.instances.all, cluster.pgbouncer):
            where = dict(sized.node_selector), sized.tolerations
            pods.append((*where, quantity(sized.cpu), quantity(sized.memory), sized.replicas))
        main = cluster.instances
        for helper in (cluster.backups.repo_host, cluster.backups.jobs):
            where = dict(main.node_selector), main.tolerations
            pods.append((*where, quantity(helper.cpu or 0), quantity(helper.memory or "0"), 1))
    return pods


def accepts(pool: NodePool, selector: dict[str, str], tolerations: tuple[Any, ...]) -> bool:
    tolerated = {(each.get("key"), each.get("value")) for each in tolerations}
    return selector.items() <= pool.labels.items() and all(
        (taint["key"], taint.get("value")) in tolerated for taint in pool.taints
    )


def placed(pods: list[Any], pools: dict[str, NodePool], lost: str | None) -> list[Any]:
    """The pods that find no node, first fit by size, with one node of a pool lost."""
    nodes = [
        [pool, quantity(pool.cpu), quantity(pool.memory)]
        for name, pool in pools.items()
        for _ in range(pool.count - (name == lost))
    ]
    left = []
    for selector, tolerations, cpu, memory, count in sorted(pods, key=lambda pod: -pod[3]):
        free = [
            node for node in nodes if accepts(node[0], selector, tolerations) and node[1] >= cpu and node[2] >= memory
        ]
        # replicas of one set go to nodes of their own
        for node in free[:count]:
            node[1] -= cpu
            node[2] -= memory
        if len(free) < count:
            left.append((selector, count))
    return left


@pytest.mark.parametrize("lost", [None, "databases", "default"])
def test_the_fleet_fits_its_nodes(lost: str | None) -> None:
    pods: dict[str, list[Any]] = defaultdict(list)
    pools: dict[str, dict[str, NodePool]] = {}
    for environment in environments():
        pods[environment.target.name] += asked(environment)
        pools[environment.target.name] = dict(environment.target.node_pools)
    assert len(pools) == 4
    for target, known in pools.items():
        # a demonstration on three nodes that spreads three instances over them has no node to lose
        if target != "gke-demo" or lost is None:
            assert not placed(pods[target], known, lost), target


def test_the_standby_reads_what_its_primary_writes() -> None:
    by_name = {environment.name: environment for environment in environments()}
    primary = by_name["prod-eu"].clusters["payments"]
    standby = by_name["prod-us"].clusters["payments-standby"]
    theirs, ours = primary.backups.repos["repo1"], standby.backups.repos["repo1"]
    assert standby.standby is not None
    assert (standby.standby.of, standby.standby.repo) == ("prod-eu/payments", "repo1")
    assert ours.s3 is not None
    assert theirs.s3 is not None
    assert (ours.s3.bucket, ours.s3.region) == (theirs.s3.bucket, theirs.s3.region)
    assert ours.path == "/prod-eu/payments/repo1"
    assert ours.schedules.full is None
    assert ours.credentials.secret
    assert standby.postgres.version == primary.postgres.version
    assert set(standby.users) == set(primary.users)
    assert standby.backups.repos["repo2"].gcs


def rules(document: dict[str, Any], path: str) -> str:
    from pggitops import render
    from pggitops.parts import network

    environment = model.build("x", document)
    cluster = environment.clusters["shop"]
    assert render.render(environment, {})
    return str(getattr(network, path)(environment, cluster))


SHOP: dict[str, Any] = {
    "namespace": {"name": "shop"},
    "target": {"name": "east", "platform": "eks", "apiServer": {"cidrs": ["10.0.0.1/32"]}, "cni": "calico"},
    "operator": {"version": "3.0.0"},
    "clusters": {
        "shop": {
            "owner": "a",
            "postgres": {"version": 18},
            "instances": {"replicas": 1, "storage": "1Gi"},
            "backups": {"repos": {"repo1": {"volume": {"storage": "1Gi"}}}},
        }
    },
}


def test_what_has_to_go_out_may() -> None:
    """Own extensions and web identities need addresses that a volume repository and a private store do not."""
    public = "0.0.0.0/0"
    assert public not in rules(SHOP, "postgres_egress")
    extended = merge(SHOP, {"clusters": {"shop": {"postgres": {"extensions": {"custom": {"x": {"version": "1"}}}}}}})
    assert public in rules(extended, "postgres_egress")
    repo = {"volume": None, "s3": {"bucket": "acme-pg", "region": "x"}}
    private = merge(
        SHOP,
        {
            "target": {"objectStore": {"cidrs": ["10.9.0.0/24"]}},
            "clusters": {"shop": {"backups": {"repos": {"repo1": repo}}}},
        },
    )
    assert public not in rules(private, "postgres_egress")
    identity = merge(
        private, {"clusters": {"shop": {"backups": {"repos": {"repo1": {"credentials": {"workloadIdentity": "a"}}}}}}}
    )
    for path in ("postgres_egress", "repo_host_egress", "jobs_egress"):
        assert public in rules(identity, path)
        assert "169.254.170.23/32" in rules(identity, path)
