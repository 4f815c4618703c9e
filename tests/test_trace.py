"""Which overlay words a manifest's leaf depends on: held against what really changes when a word does."""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fleets import FLEETS, documents
from pggitops import compose, model, modelling, placing, render, schema, trace
from pggitops.compose import Sources, environment_names
from pggitops.findings import Path, dotted
from pggitops.model import Layout
from strategies import (
    NAMES,
    RELAXED,
    alternatives,
    environments,
    is_map,
    is_valid,
    places,
    scalars,
    value_at,
    with_name,
    with_value,
    without,
)

NOT_RENDERED = ("bases", "policies", "waivers", "removed", "waiverRules", "accept")
"""What only policies read."""

WATCH = ["one", "two"]


class Rendered:
    """An environment's manifests by template and cluster, each as leaves with their readings."""

    def __init__(self, name: str, document: dict[str, Any]) -> None:
        self.environment = modelling.build(name, document)
        self.keys = schema.list_keys(self.environment.operator.version)
        made = render.render(self.environment, self.keys)
        self.manifests = {(one.template, one.cluster, _below_cluster(one)): one for one in made}
        if self.environment.operator.scope == "cluster":
            shared = render.render_operator(self.environment, WATCH)
            self.manifests |= {(one.template, "shared", ()): one for one in shared}
        folders = ["", "operator", *self.environment.clusters]
        self.layout = Layout(frozenset([*folders, *(f"{name}/secrets" for name in self.environment.clusters)]))
        delivered = render.render_delivery(self.environment, self.layout)
        self.manifests |= {(one.template, one.cluster, ()): one for one in delivered}
        self._leaves: dict[Any, dict[Path, trace.Leaf]] = {}

    def flat(self, key: Any) -> dict[Path, Any]:
        return dict(flat(self.manifests[key].document))

    def reads(self, key: Any, path: Path) -> frozenset[Path]:
        """What a leaf that is there depends on; nothing where there is no such leaf."""
        if key not in self._leaves:
            self._leaves[key] = trace.trace(self.environment, self.manifests[key], self.keys, WATCH, self.layout)
        leaf = self._leaves[key].get(path)
        return leaf.reads if leaf else frozenset()


def _below_cluster(manifest: model.Manifest) -> Path:
    """What a manifest is for, whatever its cluster is called."""
    return manifest.item[2:] if manifest.cluster else manifest.item


def flat(value: Any, path: Path = ()) -> Iterator[tuple[Path, Any]]:
    items = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    if not value or not isinstance(value, (dict, list)):
        yield path, value
    for key, item in items:
        yield from flat(item, (*path, key))


def overlay(path: Path) -> Path:
    """A composed document's path as an overlay's: it holds the patches of all layers in turn, an overlay has one."""
    return (*path[:3], *path[4:]) if path[2:3] == ("patch",) else path


def unexplained(
    before: Rendered,
    after: Rendered,
    causes: tuple[set[Path], set[Path]],
    below: bool = False,
    clusters: tuple[str, str] | None = None,
) -> list[str]:
    """The leaves that differ although they depend, on a side where they are, on none of that side's causes.

    `below`: also what lies below a cause is one. `clusters`: how one is called before and after.
    """
    patched = any("patch" in cause[2:3] for cause in causes[0])
    found = []
    for key, manifest in before.manifests.items():
        other = (key[0], clusters[1], key[2]) if clusters and key[1] == clusters[0] else key
        if other not in after.manifests:
            continue
        old, new = before.flat(key), after.flat(other)
        for path in old | new:
            if path in old and path in new and same(old[path], new[path]):
                continue
            wrong = []
            for side, at, values, wanted in ((before, key, old, causes[0]), (after, other, new, causes[1])):
                if path not in values:
                    continue
                reads = side.reads(at, path)
                parents = {read[:length] for read in reads for length in range(len(read))} if below else set()
                if not wanted & (reads | parents):
                    names = " or ".join(dotted(cause) for cause in wanted)
                    depends = [dotted(read) for read in sorted(reads, key=dotted)]
                    wrong.append(f"{manifest.path}: {dotted(path)} changed with {names}, depends on {depends}")
            # what a patch does not touch knows of no patch
            touched_once = patched and len(wrong) == 1 and path in old and path in new
            found += [] if touched_once else wrong
    return found


def same(one: Any, other: Any) -> bool:
    return type(one) is type(other) and bool(one == other)


def causes_of(path: Path) -> set[Path]:
    """What a leaf may have read where something was added or removed: that, or the map or list that holds it."""
    path = overlay(path)
    holder = path[:-1]
    # the items of a list may be maps whose words are read all at once
    held = any(isinstance(step, int) for step in path[-2:]) or "patch" in path[2:3] or is_map(holder)
    return {path, holder} if held and holder else {path}


def deletes(document: Any, path: Path) -> bool:
    """Whether what stands at a path is a part of a patch that deletes: what is not there has no leaf."""
    value = value_at(document, path)
    return value is None or any(each is None for _, each in scalars(value))


def changed_scalars(name: str, before: Rendered, document: Any, path: Path, most: int) -> Iterator[str]:
    """What is not explained when the scalar at a path has other values, `most` of them."""
    tried = 0
    for value in alternatives(path, value_at(document, path)):
        mutated = with_value(document, path, value)
        if tried < most and is_valid(mutated):
            tried += 1
            cause = {overlay(path)}
            yield from unexplained(before, Rendered(name, mutated), (cause, cause))


def removed(name: str, before: Rendered, document: Any, path: Path) -> list[str]:
    """What is not explained when there is no longer anything at a path."""
    mutated = without(document, path)
    if deletes(document, path) or not is_valid(mutated):
        return []
    causes = causes_of(path)
    return unexplained(before, Rendered(name, mutated), (causes, causes), below=True)


def renamed(name: str, before: Rendered, document: Any, path: Path, to: str) -> list[str]:
    """What is not explained when a key of a map has another name."""
    mutated = with_name(document, path, to)
    if to in value_at(document, path[:-1]) or deletes(document, path) or not is_valid(mutated):
        return []
    new = (*path[:-1], to)
    clusters = (str(path[1]), to) if path[:-1] == ("clusters",) else None
    after = Rendered(name, mutated)
    return unexplained(before, after, (causes_of(path), causes_of(new)), below=True, clusters=clusters)


def rendered_words(document: Any) -> list[tuple[Path, Any]]:
    return [(path, value) for path, value in places(document) if path[0] not in NOT_RENDERED]


def most_values(path: Path) -> int:
    """A few words decide on much: all their values are tried."""
    return 9 if path[-1] in ("type", "engine", "platform", "cni", "version", "crVersion", "synchronous") else 1


@pytest.mark.parametrize("name", documents())
def test_what_changes_was_read(name: str) -> None:
    document = documents()[name]
    before = Rendered(name, document)
    for path, _ in scalars(document):
        if path[0] not in NOT_RENDERED:
            assert not list(changed_scalars(name, before, document, path, most_values(path)))


@pytest.mark.parametrize("name", documents())
def test_nothing_is_rendered_from_what_only_policies_read(name: str) -> None:
    document = documents()[name]
    before = Rendered(name, document)
    for path, value in scalars(document):
        if path[0] in NOT_RENDERED:
            for other in alternatives(path, value):
                after = Rendered(name, with_value(document, path, other))
                assert {key: before.flat(key) for key in before.manifests} == {
                    key: after.flat(key) for key in after.manifests
                }


@pytest.mark.parametrize("name", documents())
def test_what_changes_when_a_word_goes_was_read(name: str) -> None:
    document = documents()[name]
    before = Rendered(name, document)
    for path, _ in rendered_words(document):
        assert not removed(name, before, document, path)


@pytest.mark.parametrize("name", documents())
def test_what_changes_with_a_name_was_read(name: str) -> None:
    document = documents()[name]
    before = Rendered(name, document)
    for path, _ in rendered_words(document):
        if isinstance(path[-1], str) and is_map(path[:-1]):
            for to in ("extensions", "repo4", f"{path[-1]}x"):
                assert not renamed(name, before, document, path, to)


@pytest.mark.parametrize("name", documents())
def test_the_folders_name_was_read(name: str) -> None:
    before, after = Rendered(name, documents()[name]), Rendered(f"{name}x", documents()[name])
    assert not unexplained(before, after, ({()}, {()}))


WORDLIKE: list[tuple[str, Path]] = [
    ("lagging", ("clusters", "two-eight")),
    ("everything", ("clusters", "main", "users", "owner")),
    ("everything", ("clusters", "main", "instances", "sets", "wider")),
    ("everything", ("clusters", "main", "instances", "tablespaces", "archive")),
]


@pytest.mark.parametrize(("name", "path"), WORDLIKE)
def test_a_name_that_is_a_word_is_no_word(name: str, path: Path) -> None:
    top = (*path[:-1], "extensions")
    document = with_name(documents()[name], path, "extensions")
    before = Rendered(name, document)
    for inner, _ in scalars(value_at(document, top), top):
        assert not list(changed_scalars(name, before, document, inner, 1))


PATCHES: list[tuple[dict[str, Any], Path, str]] = [
    ({"spec": {"users": {"new": {"options": "LOGIN"}}}}, ("spec", "users", 1, "name"), "spec.users.new"),
    ({"spec": {"users": {"new": "odd"}}}, ("spec", "users", 1, "name"), "spec.users.new"),
    ({"spec": {"users": {"new": {}}}}, ("spec", "users", 1, "name"), "spec.users.new"),
    ({"spec": {"expose": {"annotations": {}}}}, ("spec", "expose", "annotations"), "spec.expose.annotations"),
    ({"spec": {"instances": {"instance1": {"sidecars": []}}}}, ("spec", "instances", 0, "sidecars"), ""),
    ({"spec": {"instances": {"instance1": {"name": "b", "volumeMounts": {"c": {}}}}}}, (), ""),
    ({"spec": {"instances": {"a": {"name": "b", "volumeMounts": {"c": {"name": "x"}}}}}}, (), ""),
    ({"spec": {"instances": {"a": {"name": "b", "tablespaceVolumes": {"c": {}}}}}}, (), ""),
]


@pytest.mark.parametrize(("layer", "path", "source"), PATCHES)
def test_every_leaf_of_a_patched_resource_is_known(layer: dict[str, Any], path: Path, source: str) -> None:
    document = with_value(documents()["ready"], ("clusters", "plain", "patch"), [layer])
    rendered = Rendered("ready", document)
    key = ("perconapgcluster", "plain", ())
    leaves = trace.trace(rendered.environment, rendered.manifests[key], rendered.keys)
    assert {at: leaf.value for at, leaf in leaves.items()} == rendered.flat(key)
    if source:
        assert dotted(leaves[path].source or ()) == f"clusters.plain.patch.{source}"
    added = [leaf for leaf in leaves.values() if leaf.value in ("new", "c")]
    for leaf in added:
        assert any(read[:3] == ("clusters", "plain", "patch") for read in leaf.reads)


READINGS: list[Callable[[Any], Any]] = [
    len,
    bool,
    dict,
    list,
    set,
    sorted,
    lambda labels: labels["app"],
    lambda labels: labels.get("app"),
    lambda labels: labels.get("other"),
    lambda labels: "app" in labels,
    lambda labels: "other" in labels,
    lambda labels: labels | {"more": "1"},
    lambda labels: {"more": "1"} | labels,
    lambda labels: {**labels},
    lambda labels: labels.copy(),
    lambda labels: list(labels.items()),
    lambda labels: list(labels.values()),
    lambda labels: labels == {"app": "api"},
    lambda labels: labels != {"app": "api"},
]


@pytest.mark.parametrize("read", READINGS)
@pytest.mark.parametrize("labels", [{"app": "api"}, {"app": "api", "tier": "web"}])
def test_a_map_is_read_as_it_is_and_that_is_noted(read: Callable[[Any], Any], labels: dict[str, str]) -> None:
    document = with_value(documents()["ready"], ("labels",), labels)
    reads: set[Path] = set()
    stand_in = trace._proxy(modelling.build("ready", document), (), reads).labels
    assert read(stand_in) == read(labels)
    assert ("labels",) in reads


def one_change(data: st.DataObject, name: str, document: Any) -> None:
    """Something of a document is changed, removed or renamed, and all that follows is explained."""
    before = Rendered(name, document)
    for path, value in data.draw(st.lists(st.sampled_from(rendered_words(document)), min_size=3, max_size=12)):
        if not isinstance(value, (dict, list)):
            assert not list(changed_scalars(name, before, document, path, 3))
        if isinstance(path[-1], str) and is_map(path[:-1]):
            assert not renamed(name, before, document, path, data.draw(st.sampled_from(NAMES)))
        assert not removed(name, before, document, path)


@settings(RELAXED, max_examples=40)
@given(document=environments(), data=st.data())
def test_what_changes_in_any_environment_was_read(document: dict[str, Any], data: st.DataObject) -> None:
    one_change(data, "any", document)


@pytest.mark.fuzz
@settings(RELAXED, max_examples=1000, derandomize=False)
@given(document=environments(), data=st.data())
def test_what_changes_in_many_environments_was_read(document: dict[str, Any], data: st.DataObject) -> None:
    one_change(data, "any", document)


@pytest.mark.fuzz
@pytest.mark.parametrize("name", documents())
def test_what_changes_with_every_value_was_read(name: str) -> None:
    document = documents()[name]
    before = Rendered(name, document)
    for path, _ in scalars(document):
        assert not list(changed_scalars(name, before, document, path, 99))


EXPECTED = """
prod-eu namespace.yaml
  metadata.name -> namespace.name
  metadata.labels."pod-security.kubernetes.io/enforce" -> namespace.podSecurity
prod-eu payments/perconapgcluster-payments.yaml
  metadata.name -> clusters.payments
  metadata.namespace -> namespace.name
  metadata.labels.cost-center -> labels.cost-center
  metadata.labels.pggitops/environment ->
  metadata.annotations.pggitops/owner -> clusters.payments.owner
  spec.crVersion -> operator.version
  spec.postgresVersion -> clusters.payments.postgres.version
  spec.image -> clusters.payments.postgres.version
  spec.port -> clusters.payments
  spec.expose.type -> clusters.payments
  spec.pause -> clusters.payments.pause
  spec.tlsOnly -> clusters.payments.tls.only
  spec.instances[0].replicas -> clusters.payments.instances.replicas
  spec.instances[0].resources.requests.cpu -> clusters.payments.instances.cpu
  spec.instances[0].resources.requests.memory -> clusters.payments.instances.memory
  spec.instances[0].resources.limits.memory -> clusters.payments.instances.memory
  spec.instances[0].dataVolumeClaimSpec.storageClassName -> clusters.payments.instances.storageClass
  spec.instances[0].dataVolumeClaimSpec.accessModes[0] -> clusters.payments.instances
  spec.instances[0].walVolumeClaimSpec.resources.requests.storage -> clusters.payments.instances.wal.storage
  spec.instances[0].walVolumeClaimSpec.accessModes[0] -> clusters.payments.instances.wal
  spec.instances[0].tolerations[0].value -> clusters.payments.instances.tolerations[0].value
  spec.instances[0].minAvailable -> clusters.payments.instances.minAvailable
  spec.users[0].databases[0] -> clusters.payments.users.app.databases[0]
  spec.users[0].password.type -> clusters.payments.users.app
  spec.patroni.dynamicConfiguration.postgresql.parameters.shared_buffers ->
    clusters.payments.postgres.parameters.shared_buffers
  spec.patroni.leaderLeaseDurationSeconds -> clusters.payments.postgres.leaderLease
  spec.proxy.pgBouncer.port -> clusters.payments.pgbouncer
  spec.proxy.pgBouncer.config.global.pool_mode -> clusters.payments.pgbouncer.poolMode
  spec.backups.pgbackrest.repos[0].schedules.full -> clusters.payments.backups.repos.repo1.schedules.full
  spec.backups.pgbackrest.repos[0].s3.bucket -> clusters.payments.backups.repos.repo1.s3.bucket
  spec.backups.pgbackrest.repos[0].s3.endpoint -> clusters.payments.backups.repos.repo1.s3
  spec.backups.pgbackrest.global.repo1-cipher-type -> clusters.payments.backups.repos.repo1
  spec.backups.pgbackrest.global.repo1-path -> clusters.payments.backups.repos.repo1
  spec.backups.pgbackrest.global.repo1-retention-full -> clusters.payments.backups.repos.repo1.retention.full
  spec.backups.pgbackrest.global.repo1-retention-full-type -> clusters.payments.backups.repos.repo1.retention.full
  spec.backups.pgbackrest.global.archive-async -> clusters.payments.backups.options.archive-async
prod-eu payments/networkpolicy-payments-pgbouncer.yaml
  metadata.namespace -> namespace.name
  spec.ingress[0].from[0].podSelector.matchLabels.app -> clusters.payments.pgbouncer.clients.api.pods.app
  spec.ingress[0].from[0].namespaceSelector.matchLabels."kubernetes.io/metadata.name" ->
    clusters.payments.pgbouncer.clients.api.namespace
prod-eu payments/networkpolicy-payments-postgres.yaml
  spec.policyTypes[1] -> target.apiServer
  spec.egress[1].to[0].ipBlock.cidr -> target.apiServer.cidrs[0]
prod-eu payments/secrets/externalsecret-payments-pguser-app.yaml
  metadata.name -> clusters.payments.users.app
  metadata.annotations.pggitops/owner -> clusters.payments.owner
  spec.refreshPolicy -> clusters.payments.users.app
  spec.secretStoreRef.name -> secrets.store.name
  spec.target.name -> clusters.payments.users.app
  spec.data[0].remoteRef.key -> clusters.payments.users.app
prod-us payments-standby/secrets/externalsecret-payments-eu-repository.yaml
  metadata.name -> clusters.payments-standby.backups.repos.repo1.credentials.secret
  spec.target.template.data."s3.conf" -> clusters.payments-standby.backups.repos.repo1.s3
stored first/secrets/externalsecret-reporting-password.yaml
  metadata.name -> clusters.first.users.reporting.secret
stored second/secrets/externalsecret-acme-ca.yaml
  spec.data[1].secretKey -> clusters.second.tls.rootCaSecret
stored externalsecret-registry-read.yaml
  metadata.name -> imagePullSecrets[0]
stored externalsecret-shared-bucket.yaml
  spec.target.name -> clusters.first.backups.repos.repo2.credentials.secret
prod-eu orders/perconapgcluster-orders.yaml
  spec.proxy.pgBouncer.expose.loadBalancerSourceRanges[0] -> clusters.orders.pgbouncer.expose.sourceRanges[0]
prod-eu operator/deployment-percona-postgresql-operator.yaml
  metadata.namespace -> namespace.name
  spec.replicas ->
  spec.template.spec.containers[0].image -> operator.version
  spec.template.spec.containers[0].resources.requests.cpu -> operator.resources.cpu
prod-us payments-standby/perconapgcluster-payments-standby.yaml
  spec.backups.pgbackrest.global.repo1-path -> clusters.payments-standby.backups.repos.repo1.path
everything main/perconapgcluster-main.yaml
  metadata.labels.data -> clusters.main.labels.data
  spec.imagePullSecrets[0].name -> imagePullSecrets[0]
  spec.instances[0].sidecars[0].image -> clusters.main.patch.spec.instances.primary.sidecars[0].image
  spec.instances[0].topologySpreadConstraints[0].whenUnsatisfiable -> clusters.main.instances.spread
  spec.instances[1].minAvailable -> clusters.main.patch.spec.instances.wider.minAvailable
  spec.instances[1].replicas -> clusters.main.instances.sets.wider.replicas
  spec.instances[1].topologySpreadConstraints[0].whenUnsatisfiable -> clusters.main.instances.sets.wider.spread
  spec.users[1].password.type -> clusters.main.patch.spec.users.owner.password.type
  spec.backups.pgbackrest.global.repo1-cipher-type -> clusters.main.backups.repos.repo1
  spec.backups.pgbackrest.global.repo1-s3-uri-style -> clusters.main.backups.repos.repo1.s3.uriStyle
  spec.backups.pgbackrest.global.repo1-storage-verify-tls -> clusters.main.backups.repos.repo1.s3.verifyTls
  spec.backups.pgbackrest.repos[0].s3.endpoint -> clusters.main.backups.repos.repo1.s3.endpoint
  spec.authentication.rules[2].method -> clusters.main.postgres.hba
  spec.pmm.serverHost -> clusters.main.monitoring.pmm.server
  spec.pmm.image -> clusters.main.monitoring.pmm
lagging two-eight/perconapgcluster-two-eight.yaml
  spec.crVersion -> clusters.two-eight.crVersion
  spec.initContainer.image -> clusters.two-eight.crVersion
  spec.proxy.pgBouncer.image -> clusters.two-eight.crVersion
  spec.patroni.dynamicConfiguration.postgresql.pg_hba[0] -> clusters.two-eight.postgres.hba
lagging two-nine/perconapgcluster-two-nine.yaml
  spec.image -> clusters.two-nine.postgres.image
restored revived/perconapgcluster-revived.yaml
  spec.dataSource.pgbackrest.global.repo1-cipher-type -> clusters.revived.bootstrap.from.encryption
restored standby/perconapgcluster-standby.yaml
  spec.port -> clusters.standby
"""
"""Of an environment and a file: a path in the manifest, and the overlay's that somebody would change."""


def expected() -> Iterator[tuple[str, str, str, str]]:
    name = file = ""
    for line in EXPECTED.strip().replace(" ->\n    ", " -> ").splitlines():
        if line.startswith("  "):
            path, _, word = line.strip().partition(" ->")
            yield name, file, path, word.strip()
        else:
            name, file = line.split()


@pytest.mark.parametrize(("name", "file", "path", "word"), list(expected()))
def test_the_word_a_person_would_name(name: str, file: str, path: str, word: str) -> None:
    context, manifests = placed(name)
    steps = {dotted(at): at for at, _ in flat(manifests[file].document)}
    assert dotted(placing.overlay_path(context, manifests[file], steps[path])) == word


@functools.cache
def placed(name: str) -> tuple[placing.Context, dict[str, model.Manifest]]:
    root = next(root for root in FLEETS if name in environment_names(root))
    rendered = Rendered(name, documents()[name])
    layers = compose.load(Sources(root), name).layers
    context = placing.Context(root, name, layers, documents()[name], rendered.environment, (), rendered.keys)
    return context, {one.path: one for one in rendered.manifests.values()}
