"""Which overlay words a manifest's leaf depends on: held against what really changes when a word does."""

from __future__ import annotations

import json
import random
from collections.abc import Iterator
from typing import Any

import pytest

from fleets import ROOT, documents
from pggitops import compose, model, placing, render, schema, trace
from pggitops.compose import Sources
from pggitops.findings import Path, dotted

OTHER_TEXT = {
    "1.34": "1.33",
    "3.0.0": "2.9.0",
    "2.9.0": "2.8.2",
    "2.8.2": "3.0.0",
}


def scalars(value: Any, path: Path = ()) -> Iterator[tuple[Path, Any]]:
    if isinstance(value, dict):
        for key, item in value.items():
            yield from scalars(item, (*path, key))
    elif isinstance(value, list):
        for index, item in enumerate(value):
            yield from scalars(item, (*path, index))
    else:
        yield path, value


def keys_of(value: Any, path: Path = ()) -> Iterator[Path]:
    """The keys of maps that people name: clusters, users, clients, repositories, instance sets, parameters."""
    named = ("clusters", "users", "clients", "sets", "tablespaces", "parameters", "custom", "labels", "annotations")
    if isinstance(value, dict):
        for key, item in value.items():
            if path and path[-1] in named:
                yield (*path, key)
            yield from keys_of(item, (*path, key))


def others(value: Any) -> list[Any]:
    """Other values of the same type, some of which the schema will take."""
    if isinstance(value, bool):
        return [not value]
    if isinstance(value, (int, float)):
        return [value + 1, value - 1, value + 3]
    enums = [
        "off",
        "on",
        "strict",
        "host",
        "none",
        "zone",
        "session",
        "transaction",
        "statement",
        "gke",
        "eks",
        "other",
    ]
    enums += ["argocd", "flux", "namespace", "cluster", "calico", "cilium", "development", "production", "baseline"]
    enums += ["ClusterIP", "NodePort", "LoadBalancer", "aes-256-cbc", "path", "pgstatmonitor", "restricted"]
    text = [OTHER_TEXT.get(value, f"{value}x"), f"{value}0", value.replace("Gi", "Mi"), value.replace("10.", "11.")]
    text += [value.replace("s", "m"), value.replace("d", "h"), value.replace("m", ""), f"{value}/x", "x", "1.1.1.1/32"]
    return [one for one in (*text, *enums) if one != value]


def replaced(document: dict[str, Any], path: Path, value: Any) -> dict[str, Any]:
    result = json.loads(json.dumps(document))
    parent: Any = result
    for step in path[:-1]:
        parent = parent[step]
    parent[path[-1]] = value
    return result


def renamed(document: dict[str, Any], path: Path) -> dict[str, Any]:
    result = json.loads(json.dumps(document))
    parent: Any = result
    for step in path[:-1]:
        parent = parent[step]
    items = [(f"{key}x" if key == path[-1] else key, item) for key, item in parent.items()]
    parent.clear()
    parent.update(items)
    if path[-2] == "sets":
        parent[f"{path[-1]}x"]["name"] = f"{path[-1]}x"
    return result


class Rendered:
    """An environment's manifests by template and cluster, each as leaves with their readings."""

    def __init__(self, name: str, document: dict[str, Any]) -> None:
        self.environment = model.build(name, document)
        self.keys = schema.list_keys(self.environment.operator.version)
        self.manifests = {(one.template, one.cluster): one for one in render.render(self.environment, self.keys)}
        self._leaves: dict[Any, dict[Path, trace.Leaf]] = {}

    def is_valid(self) -> bool:
        """Whether the resources pass their schema: a patch of what has another name now makes something incomplete."""
        version = self.environment.operator.version
        return not any(schema.check_manifest(one.document, version, None) for one in self.manifests.values())

    def flat(self, key: Any) -> dict[Path, Any]:
        return dict(flat(self.manifests[key].document))

    def leaves(self, key: Any) -> dict[Path, trace.Leaf]:
        if key not in self._leaves:
            self._leaves[key] = trace.trace(self.environment, self.manifests[key], self.keys)
        return self._leaves[key]


def flat(value: Any, path: Path = ()) -> Iterator[tuple[Path, Any]]:
    items = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    if not value or not isinstance(value, (dict, list)):
        yield path, value
    for key, item in items:
        yield from flat(item, (*path, key))


def assert_explained(before: Rendered, after: Rendered, changed: Path, cluster_renamed: tuple[str, str] | None) -> None:
    """Each leaf that differs reads the changed word, or its parent, before or after."""
    for key, manifest in before.manifests.items():
        other = key
        if cluster_renamed and key[1] == cluster_renamed[0]:
            other = (key[0], cluster_renamed[1])
        if other not in after.manifests:
            continue
        old, new = before.flat(key), after.flat(other)
        for path in {*old, *new}:
            if old.get(path, ...) == new.get(path, ...):
                continue
            reads: set[Path] = set()
            for side, side_key, values in ((before, key, old), (after, other, new)):
                if path in values:
                    reads |= side.leaves(side_key)[path].reads
            wanted = {changed, changed[:-1]} if len(changed) > 1 else {changed}
            if cluster_renamed:
                wanted |= {("clusters", name) for name in cluster_renamed} | {("clusters",)}
            assert wanted & reads, f"{manifest.path} {dotted(path)} changed with {dotted(changed)}, reads {reads}"


def valid(document: dict[str, Any]) -> bool:
    return not schema.check(document, "composed")


@pytest.mark.parametrize("name", documents())
def test_what_changes_was_read(name: str) -> None:
    document = documents()[name]
    before = Rendered(name, document)
    tried = 0
    for path, value in scalars(document):
        if value is None or path[0] in ("bases", "policies", "waivers", "removed", "waiverRules", "accept"):
            continue
        candidates = others(value)
        random.Random(dotted(path)).shuffle(candidates)
        for candidate in candidates:
            mutated = replaced(document, path, candidate)
            if not valid(mutated):
                continue
            try:
                after = Rendered(name, mutated)
            except (KeyError, ValueError):
                # a version that is not known: references would have said so
                continue
            if not after.is_valid():
                continue
            # the document holds the patches of all layers in turn; an overlay's path knows one
            overlay = (*path[:3], *path[4:]) if path[2:3] == ("patch",) else path
            assert_explained(before, after, overlay, None)
            tried += 1
            break
    assert tried > 10


@pytest.mark.parametrize("name", documents())
def test_what_changes_with_a_name_was_read(name: str) -> None:
    document = documents()[name]
    before = Rendered(name, document)
    for path in keys_of(document):
        mutated = renamed(document, path)
        if not valid(mutated):
            continue
        cluster = (str(path[1]), f"{path[1]}x") if path[:-1] == ("clusters",) else None
        new = (*path[:-1], f"{path[-1]}x")
        after = Rendered(name, mutated)
        if not after.is_valid():
            continue
        try:
            assert_explained(before, after, path, cluster)
        except AssertionError:
            assert_explained(before, after, new, cluster)


@pytest.mark.parametrize("name", documents())
def test_the_folders_name_was_read(name: str) -> None:
    before, after = Rendered(name, documents()[name]), Rendered(f"{name}x", documents()[name])
    for key in before.manifests:
        old, new = before.flat(key), after.flat(key)
        for path in {*old, *new}:
            if old.get(path, ...) != new.get(path, ...):
                assert () in before.leaves(key)[path].reads, (key, path)


CLUSTER = ("clusters", "payments")
EXPECTED: list[tuple[str, str, Path, str]] = [
    ("prod-eu", "payments/perconapgcluster-payments.yaml", ("metadata", "name"), "clusters.payments"),
    ("prod-eu", "payments/perconapgcluster-payments.yaml", ("metadata", "namespace"), "namespace.name"),
    ("prod-eu", "payments/perconapgcluster-payments.yaml", ("metadata", "labels", "cost-center"), "labels.cost-center"),
    ("prod-eu", "payments/perconapgcluster-payments.yaml", ("spec", "crVersion"), "operator.version"),
    (
        "prod-eu",
        "payments/perconapgcluster-payments.yaml",
        ("spec", "postgresVersion"),
        "clusters.payments.postgres.version",
    ),
    ("prod-eu", "payments/perconapgcluster-payments.yaml", ("spec", "image"), "clusters.payments.postgres.version"),
    ("prod-eu", "payments/perconapgcluster-payments.yaml", ("spec", "pause"), "clusters.payments.pause"),
    ("prod-eu", "payments/perconapgcluster-payments.yaml", ("spec", "tlsOnly"), "clusters.payments.tls.only"),
    (
        "prod-eu",
        "payments/perconapgcluster-payments.yaml",
        ("spec", "instances", 0, "replicas"),
        "clusters.payments.instances.replicas",
    ),
    (
        "prod-eu",
        "payments/perconapgcluster-payments.yaml",
        ("spec", "instances", 0, "resources", "requests", "cpu"),
        "clusters.payments.instances.cpu",
    ),
    (
        "prod-eu",
        "payments/perconapgcluster-payments.yaml",
        ("spec", "instances", 0, "walVolumeClaimSpec", "resources", "requests", "storage"),
        "clusters.payments.instances.wal.storage",
    ),
    (
        "prod-eu",
        "payments/perconapgcluster-payments.yaml",
        ("spec", "instances", 0, "dataVolumeClaimSpec", "storageClassName"),
        "clusters.payments.instances.storageClass",
    ),
    (
        "prod-eu",
        "payments/perconapgcluster-payments.yaml",
        ("spec", "users", 0, "databases", 0),
        "clusters.payments.users.app.databases[0]",
    ),
    (
        "prod-eu",
        "payments/perconapgcluster-payments.yaml",
        ("spec", "patroni", "dynamicConfiguration", "postgresql", "parameters", "shared_buffers"),
        "clusters.payments.postgres.parameters.shared_buffers",
    ),
    (
        "prod-eu",
        "payments/perconapgcluster-payments.yaml",
        ("spec", "patroni", "leaderLeaseDurationSeconds"),
        "clusters.payments.postgres.leaderLease",
    ),
    (
        "prod-eu",
        "payments/perconapgcluster-payments.yaml",
        ("spec", "backups", "pgbackrest", "repos", 0, "schedules", "full"),
        "clusters.payments.backups.repos.repo1.schedules.full",
    ),
    (
        "prod-eu",
        "payments/perconapgcluster-payments.yaml",
        ("spec", "backups", "pgbackrest", "repos", 0, "s3", "bucket"),
        "clusters.payments.backups.repos.repo1.s3.bucket",
    ),
    (
        "prod-eu",
        "payments/perconapgcluster-payments.yaml",
        ("spec", "backups", "pgbackrest", "global", "repo1-retention-full"),
        "clusters.payments.backups.repos.repo1.retention.full",
    ),
    (
        "prod-eu",
        "payments/perconapgcluster-payments.yaml",
        ("spec", "backups", "pgbackrest", "global", "archive-async"),
        "clusters.payments.backups.options.archive-async",
    ),
    (
        "prod-eu",
        "payments/perconapgcluster-payments.yaml",
        ("spec", "proxy", "pgBouncer", "config", "global", "pool_mode"),
        "clusters.payments.pgbouncer.poolMode",
    ),
    (
        "prod-eu",
        "orders/perconapgcluster-orders.yaml",
        ("spec", "proxy", "pgBouncer", "expose", "loadBalancerSourceRanges", 0),
        "clusters.orders.pgbouncer.expose.sourceRanges[0]",
    ),
    (
        "prod-eu",
        "payments/networkpolicy-payments-pgbouncer.yaml",
        ("spec", "ingress", 0, "from", 0, "podSelector", "matchLabels", "app"),
        "clusters.payments.pgbouncer.clients.api.pods.app",
    ),
    (
        "prod-eu",
        "payments/networkpolicy-payments-postgres.yaml",
        ("spec", "egress", 1, "to", 0, "ipBlock", "cidr"),
        "target.apiServer.cidrs[0]",
    ),
    (
        "prod-eu",
        "operator/deployment-percona-postgresql-operator.yaml",
        ("spec", "template", "spec", "containers", 0, "image"),
        "operator.version",
    ),
    (
        "prod-us",
        "payments-standby/perconapgcluster-payments-standby.yaml",
        ("spec", "backups", "pgbackrest", "global", "repo1-path"),
        "clusters.payments-standby.backups.repos.repo1.path",
    ),
]


@pytest.mark.parametrize(("name", "file", "path", "expected"), EXPECTED)
def test_the_word_a_person_would_name(name: str, file: str, path: Path, expected: str) -> None:
    sources = Sources(ROOT)
    loaded = compose.load(sources, name)
    rendered = Rendered(name, documents()[name])
    context = placing.Context(ROOT, name, loaded.layers, documents()[name], rendered.environment, (), rendered.keys)
    manifest = next(one for one in rendered.manifests.values() if one.path == file)
    assert dict(flat(manifest.document)).get(path, ...) is not ...
    assert dotted(placing.overlay_path(context, manifest, path)) == expected
