"""Names that must name something: versions, storage classes, clusters, policies. Each with a "did you mean"."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator

from pggitops import operators, policy_settings
from pggitops.findings import Path, Violation, did_you_mean
from pggitops.model import Cluster, Delivery, Environment


def check(
    environment: Environment,
    policies: Collection[str],
    vendored: Collection[str],
    settings: Callable[[str], policy_settings.Settings] = lambda policy: {},
) -> Iterator[Violation]:
    """What an environment names and there is not. Rendering needs this to be empty.

    `policies` are the known ids, `settings` tells those of each; of the operator versions in `vendored` the CRDs lie in
    the repository.
    """
    version = environment.operator.version
    yield from _known("operator version", version, operators.versions(), ("operator", "version"))
    needs_crds = environment.operator.install and environment.operator.crds == "vendored"
    if needs_crds and version in operators.versions() and version not in vendored:
        fix = f"Run `pggitops crds add crd.yaml` with deploy/crd.yaml of operator {version}, or write `crds: upstream`."
        yield Violation(f"there is no crds/{version}.yaml", fix, ("operator", "crds"), "reference-no-crds")
    for name in environment.policies:
        yield from _known("policy", name, policies, ("policies", name), at_key=True)
        if name in policies:
            yield from policy_settings.check(name, environment.policies[name], settings(name), ("policies", name))
    for name, waiver in environment.waivers.items():
        yield from _known("policy", waiver.policy, policies, ("waivers", name, "policy"))
        if waiver.cluster is not None:
            yield from _known("cluster", waiver.cluster, environment.clusters, ("waivers", name, "cluster"))
    yield from _repository(environment.delivery)
    for cluster in environment.clusters.values():
        yield from _cluster(environment, cluster)


def _known(what: str, name: str, known: Collection[str], path: Path, *, at_key: bool = False) -> Iterator[Violation]:
    if name not in known:
        message = f'there is no {what} "{name}"{did_you_mean(name, known)}'
        listed = ", ".join(sorted(known)[:12])
        fix = f"Known are: {listed}." if len(known) <= 12 else f"Known are {listed}, … ({len(known)} in all)."
        yield Violation(message, fix, path, f"reference-no-{what.replace(' ', '-')}", at_key=at_key)


def _repository(delivery: Delivery) -> Iterator[Violation]:
    """An engine reads from somewhere; Flux takes URLs with a scheme only (source-controller's CRDs)."""
    url = delivery.repository
    if delivery.engine != "none" and not url:
        fix = "Add `repository: https://git.acme.example/platform/databases.git`."
        message = f"{delivery.engine} is to deliver this, but not from which repository"
        yield Violation(message, fix, ("delivery", "engine"), "reference-no-repository")
    if delivery.engine == "flux" and url and not url.startswith(_FLUX_SCHEMES):
        host, _, path = url.removeprefix("git://").partition("/" if url.startswith("git://") else ":")
        fix = f"Write ssh://{host}/{path}." if "@" in host else f"Write https://{host}/{path}."
        message = f'Flux does not read "{url}": it wants a URL that begins with https:// or ssh://'
        yield Violation(message, fix, ("delivery", "repository"), "reference-repository-url")


_FLUX_SCHEMES = ("http://", "https://", "ssh://", "oci://")


def _cluster(environment: Environment, cluster: Cluster) -> Iterator[Violation]:
    path = ("clusters", cluster.name)
    version = cluster.cr_version or environment.operator.version
    if cluster.cr_version is not None:
        yield from _known("operator version", cluster.cr_version, operators.versions(), (*path, "crVersion"))
    if version in operators.versions():
        majors = operators.facts(version)["images"]["postgres"]
        if str(cluster.postgres.version) not in majors:
            message = f"operator {version} has no image for PostgreSQL {cluster.postgres.version}"
            fix = f"It has {', '.join(sorted(majors, key=int))}."
            yield Violation(message, fix, (*path, "postgres", "version"), "reference-no-postgres-version")
    yield from _storage_classes(environment, cluster)
    if cluster.standby and cluster.standby.repo is not None:
        yield from _known("repository", cluster.standby.repo, cluster.backups.repos, (*path, "standby", "repo"))
    source = cluster.bootstrap
    if source and source.cluster and source.namespace in (None, environment.namespace.name):
        others = [name for name in environment.clusters if name != cluster.name]
        yield from _known("cluster", source.cluster, others, (*path, "bootstrap", "cluster"))


def _storage_classes(environment: Environment, cluster: Cluster) -> Iterator[Violation]:
    known = environment.target.storage_classes
    if not known:
        return
    main = ("clusters", cluster.name, "instances")
    for instance_set in cluster.instances.all:
        path = main if instance_set is cluster.instances else (*main, "sets", instance_set.name)
        named = [(instance_set.storage_class, (*path, "storageClass"))]
        if instance_set.wal:
            named.append((instance_set.wal.storage_class, (*path, "wal", "storageClass")))
        named += [
            (tablespace.storage_class, (*path, "tablespaces", tablespace.name, "storageClass"))
            for tablespace in instance_set.tablespaces.values()
        ]
        for name, at in named:
            if name is not None:
                yield from _known("storage class", name, known, at)
    for repo in cluster.backups.ordered:
        if repo.volume and repo.volume.storage_class is not None:
            at = ("clusters", cluster.name, "backups", "repos", repo.name, "volume", "storageClass")
            yield from _known("storage class", repo.volume.storage_class, known, at)
