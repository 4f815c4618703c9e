"""The example fleet is one that could run: everything it asks for fits the nodes it declares."""

from __future__ import annotations

from collections import defaultdict
from pathlib import Path
from typing import Any

from pggitops import compose, modelling, placement, render
from pggitops.compose import Sources, environment_names
from pggitops.compose.merge import merge
from pggitops.model import Environment, NodePool, Pods

ROOT = Path(__file__).parent.parent


def environments() -> list[Environment]:
    sources = Sources(ROOT)
    names = environment_names(ROOT)
    return [modelling.build(name, compose.compose(sources, compose.load(sources, name).layers)) for name in names]


def test_the_fleet_fits_its_nodes_also_when_one_is_lost() -> None:
    pods: dict[str, list[Pods]] = defaultdict(list)
    pools: dict[str, tuple[NodePool, ...]] = {}
    for environment in environments():
        pods[environment.target.name] += placement.of(environment, render.render(environment, {}))
        pools[environment.target.name] = tuple(environment.target.node_pools.values())
    assert len(pools) == 4
    for target, known in pools.items():
        assert len(placement.fitting(pods[target], known)) == len(pods[target]) >= 5
        for lost in placement.losses(known):
            assert placement.too_many(pods[target], known, lost) is None, (target, lost)


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
    from pggitops.parts import network

    environment = modelling.build("x", document)
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


def test_a_source_in_another_namespace_is_found_there() -> None:
    """A cluster that starts from another one reads from its repository host, and from none of that name elsewhere."""
    for namespace, is_named in (("old-shop", True), ("shop", False), (None, False)):
        source = {"cluster": "former", "repo": "repo1", "until": "2099-12-31", "namespace": namespace}
        document = merge(SHOP, {"clusters": {"shop": {"bootstrap": source}}})
        for path in ("postgres_egress", "jobs_egress"):
            found = rules(document, path)
            assert "'postgres-operator.crunchydata.com/cluster': 'former'" in found
            assert ("'kubernetes.io/metadata.name': 'old-shop'" in found) is is_named
        assert "former" not in rules(document, "repo_host_egress")
