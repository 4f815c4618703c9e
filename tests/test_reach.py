"""`pggitops reach`, and that proving costs no truth: what is cheap says what is thorough."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
import yaml

from pggitops import yamlio
from pggitops.cli import run
from pggitops.compose import Sources, environment_names
from pggitops.compose.merge import merge
from pggitops.errors import CannotGoOn
from pggitops.network.engine import Pod
from pggitops.network.needs import needs
from pggitops.network.pods import cluster_pods
from pggitops.network.reachability import reachability
from pggitops.network.rules import EGRESS, INGRESS
from pggitops.pipeline import Built, Settings, prepare, render_into
from pggitops.placing import Context
from pggitops.sandbox import Sandbox
from test_policies import STANDARD

ROOT = Path(__file__).parent.parent
GOLDEN = ROOT / "tests" / "golden" / "fleet"


def told(capsys: pytest.CaptureFixture[str], *arguments: str, root: Path = ROOT) -> str:
    assert run(["reach", *arguments, "--root", str(root)]) == 0
    return capsys.readouterr().out


def contexts() -> list[Any]:
    found = []
    for root in (ROOT, GOLDEN):
        for name in environment_names(root):
            settings = Settings(root)
            context = prepare(settings, Sources(root), name)
            if not isinstance(context, Built):
                with Sandbox([]) as sandbox:
                    render_into(settings, context, sandbox)
                found.append(pytest.param(context, id=name))
    return found


def test_who_reaches_what_by_which_rule(capsys: pytest.CaptureFixture[str]) -> None:
    text = told(capsys, "prod-eu")
    lines = {" ".join(line.split()) for line in text.splitlines()}
    rule = "rendered/prod-eu/orders/networkpolicy-orders-pgbouncer.yaml spec.ingress[0].from[0]"
    assert f"<- 5432 client api: pods app=api of orders {rule}" in lines
    rule = "rendered/prod-eu/orders/networkpolicy-orders-postgres.yaml spec.ingress[0].from[0]"
    assert f"<- 5432 pgBouncer of orders {rule}" in lines
    rule = "rendered/prod-eu/payments/networkpolicy-payments-postgres.yaml spec.egress[1].to[0]"
    assert f"-> 443 the API server: addresses 10.20.0.0/24 {rule}" in lines
    assert any(line.startswith("<- 8080 nobody rendered/prod-eu/operator/") for line in lines)
    assert "42 of 42 connections that are needed are possible" in text


def test_one_cluster_as_json(capsys: pytest.CaptureFixture[str]) -> None:
    shown = json.loads(told(capsys, "prod-eu", "--cluster", "payments", "--format", "json"))
    assert shown["version"] == 1
    assert {row["cluster"] for row in shown["rows"]} == {"payments"}
    postgres = [row for row in shown["rows"] if row["direction"] == "ingress" and row["ports"] == "5432"]
    assert [(row["pods"], row["known"]) for row in postgres] == [
        ("instances of payments", ["pgBouncer of payments"]),
        ("instances of payments", ["instances of payments"]),
        ("pgBouncer of payments", ["client api"]),
        ("pgBouncer of payments", ["client settlement"]),
    ]
    files = {ROOT / row["policy"]["file"] for row in shown["rows"]}
    assert all(file.is_file() for file in files)
    assert shown["needs"]["cut"] == []


def test_where_no_egress_is_restricted_all_goes_out(capsys: pytest.CaptureFixture[str]) -> None:
    text = told(capsys, "restored", "--cluster", "clone", root=GOLDEN)
    assert "-> every port  anywhere" in text
    assert "no NetworkPolicy" in text


def test_a_policy_of_ones_own_is_shown_by_its_file(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    folder = tmp_path / "environments" / "env"
    (folder / "manifests").mkdir(parents=True)
    (folder / "environment.yaml").write_text("""
apiVersion: pggitops/v1
kind: Environment
namespace: shop-db
target: {name: east}
operator: {version: 3.0.0}
clusters:
  shop:
    owner: team-shop
    postgres: {version: 18}
    instances: {replicas: 2, storage: 100Gi}
    backups: {repos: {repo1: {volume: {storage: 10Gi}, schedules: {full: 17 1 * * 0}, retention: {full: 5}}}}
""")
    (folder / "manifests" / "extra.yaml").write_text("""
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata: {name: extra, namespace: shop-db}
spec:
  podSelector: {matchLabels: {postgres-operator.crunchydata.com/role: primary}}
  policyTypes: [Ingress, Egress]
  ingress: [{from: [{ipBlock: {cidr: 10.8.0.5/32}}], ports: [{port: postgres}]}]
---
apiVersion: apps/v1
kind: Deployment
metadata: {name: exporter, namespace: shop-db}
spec:
  selector: {matchLabels: {app: exporter}}
  template:
    metadata: {labels: {app: exporter}}
    spec: {containers: [{name: main, image: acme/exporter:1, ports: [{name: metrics, containerPort: 9187}]}]}
""")
    text = told(capsys, "env", root=tmp_path)
    lines = {" ".join(line.split()) for line in text.splitlines()}
    extra = "environments/env/manifests/extra.yaml"
    assert f"<- 5432 addresses 10.8.0.5/32 {extra} spec.ingress[0].from[0]" in lines
    assert f"-> no port nowhere {extra} spec" in lines
    assert "env: Deployment exporter" in lines
    assert "<- 9187 anyone no NetworkPolicy" in lines
    assert "dns-cut: instances of shop to DNS" in lines
    shown = json.loads(told(capsys, "env", "--format", "json", root=tmp_path))
    cut = next(one for one in shown["needs"]["cut"] if one["policy"] == "patroni-cut")
    assert cut == {
        "policy": "patroni-cut",
        "from": "instances of shop",
        "to": ["instances of shop"],
        "ports": ["8008/TCP"],
        "denied": "egress",
        "by": ["extra"],
    }


def test_a_cluster_there_is_not() -> None:
    with pytest.raises(CannotGoOn, match=r'prod-eu has no cluster "order" \(did you mean "orders"\?\)'):
        run(["reach", "prod-eu", "--cluster", "order", "--root", str(ROOT)])


def test_an_environment_that_cannot_be_rendered(tmp_path: Path) -> None:
    folder = tmp_path / "environments" / "env"
    folder.mkdir(parents=True)
    (folder / "environment.yaml").write_text("apiVersion: pggitops/v1\nkind: Environment\n")
    with pytest.raises(CannotGoOn, match="env has"):
        run(["reach", "env", "--root", str(tmp_path)])


@pytest.mark.parametrize("context", contexts())
def test_our_own_policies_do_not_tell_instances_apart(context: Context) -> None:
    """One instance stands for all where only rendered policies are; telling them apart says the same of each need."""
    reach = reachability(context.environment, context.manifests)
    if reach.foreign:
        pytest.skip("has policies of its own")
    found = {pods.cluster.name: pods for pods in reach.clusters}
    for name, pods in found.items():
        manifest = context.manifests[pods.resource]
        apart = cluster_pods(context.environment, pods.cluster, pods.resource, manifest, apart=True)
        assert len(apart.instances) == 2 * len(pods.spec["instances"])
        for direction in (INGRESS, EGRESS):
            same = {reach.network.isolating(each, direction) for each in (*apart.instances, *pods.instances)}
            assert len(same) == 1
        all_needs = needs(context.environment, (apart,), None)
        thorough = {(need.policy, need.source.name) for need in all_needs if reach.cut(need) is not None}
        cheap = {(cut.need.policy, cut.need.source.name) for each in POLICIES for cut in reach.cuts(each, name)}
        assert thorough == cheap


POLICIES = (
    "api-server-cut",
    "client-cut",
    "cloud-identity-cut",
    "dns-cut",
    "ldap-cut",
    "object-store-cut",
    "patroni-cut",
    "pgbouncer-cut",
    "pmm-cut",
    "prometheus-cut",
    "replication-cut",
    "repository-host-cut",
    "standby-source-cut",
)


@pytest.mark.parametrize("context", contexts())
def test_every_need_is_of_a_policy_and_met(context: Context) -> None:
    reach = reachability(context.environment, context.manifests)
    for need in reach.needs():
        assert need.policy in POLICIES
        assert reach.cut(need) is None
        assert need.targets
        assert need.ports


STORES: dict[str, dict[str, Any]] = yaml.safe_load("""
a store on another port: {target: {objectStore: {ports: [9000]}}}
a store in a namespace: {target: {objectStore: {namespace: minio}}}
a store in a range: {target: {objectStore: {cidrs: [10.9.0.0/16]}}}
an API server that may be anywhere: {target: {apiServer: {cidrs: [0.0.0.0/1, 128.0.0.0/1, "::/0"]}}}
a volume sent to a host:
  clusters:
    shop:
      backups:
        options: {repo1-storage-host: store.acme.example}
        repos: {repo1: {gcs: null, volume: {storage: 500Gi}}}
""")


def overlays() -> list[Any]:
    """The overlays of the policies' cases that have no manifests of their own, and some more."""
    return [pytest.param(overlay, id=name) for name, overlay in STORES.items()] + [
        pytest.param(case["overlay"], id=f"{path.stem}: {case['name']}")
        for path in sorted((ROOT / "tests" / "cases" / "policies").glob("*-cut.yaml"))
        for case in yamlio.load(path.read_bytes())[0]
        if case.get("overlay") and not case.get("manifests")
    ]


@pytest.mark.parametrize("overlay", overlays())
def test_what_is_doubtful_is_all_that_is_cut(overlay: dict[str, Any], tmp_path: Path) -> None:
    """Where rendered policies are the only ones, the few needs that are proven find what all needs find."""
    folder = tmp_path / "environments" / "env"
    folder.mkdir(parents=True)
    document = merge(STANDARD, overlay)
    for cluster, words in overlay.get("clusters", {}).items():
        if words and "patch" in words:
            document["clusters"][cluster]["patch"] = words["patch"]
    (folder / "environment.yaml").write_text(yamlio.dump(document))
    settings = Settings(tmp_path)
    context = prepare(settings, Sources(tmp_path), "env")
    assert isinstance(context, Context)
    with Sandbox([]) as sandbox:
        render_into(settings, context, sandbox)
    reach = reachability(context.environment, context.manifests)
    assert not reach.foreign
    every = [need for need in reach.needs() if reach.cut(need) is not None]
    found = [cut.need for policy in POLICIES for cut in reach.cuts(policy)]
    assert {(need.policy, need.source.name, need.path) for need in found} == {
        (need.policy, need.source.name, need.path) for need in every
    }


def test_labels_are_those_the_operator_was_seen_to_give() -> None:
    """Labels of the pods of 2.9.0 as its StatefulSets and Deployments had them."""
    context = next(param.values[0] for param in contexts() if param.id == "prod-eu")
    pods = next(each for each in reachability(context.environment, context.manifests).clusters)
    name = pods.cluster.name
    prefix = "postgres-operator.crunchydata.com/"
    common = {
        "app.kubernetes.io/instance": name,
        "app.kubernetes.io/managed-by": "percona-postgresql-operator",
        "app.kubernetes.io/name": "percona-postgresql",
        "app.kubernetes.io/part-of": "percona-postgresql",
        "pgv2.percona.com/version": "3.0.0",
        f"{prefix}cluster": name,
    }
    assert isinstance(pods.pgbouncer, Pod)
    assert pods.pgbouncer.labels == {**common, "app.kubernetes.io/component": "pgbouncer", f"{prefix}role": "pgbouncer"}
    own = {
        "app.kubernetes.io/component": "pg",
        f"{prefix}data": "postgres",
        f"{prefix}patroni": f"{name}-ha",
        f"{prefix}instance-set": "instance1",
        f"{prefix}instance": f"{name}-instance1-xxxx",
        f"{prefix}role": "primary",
    }
    assert pods.instances[0].labels == {**common, **own}
    assert isinstance(pods.repo_host, Pod)
    own = {f"{prefix}data": "pgbackrest", f"{prefix}pgbackrest": "", f"{prefix}pgbackrest-dedicated": ""}
    assert pods.repo_host.labels == {**common, **own}
