"""Names that must name something: versions, storage classes, clusters, policies. Each with a "did you mean"."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator

from pggitops import effect_names, operators, policy_settings
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
    version, versions = environment.operator.version, operators.versions()
    if version not in versions:
        yield _unknown("operator version", version, versions, ("operator", "version"))
    needs_crds = environment.operator.install and environment.operator.crds == "vendored"
    if needs_crds and version in versions and version not in vendored:
        fix = f"Run `pggitops crds add crd.yaml` with deploy/crd.yaml of operator {version}, or write `crds: upstream`."
        yield Violation(f"there is no crds/{version}.yaml", fix, ("operator", "crds"), "reference-no-crds")
    for name in environment.policies:
        if name not in policies:
            yield _unknown("policy", name, policies, ("policies", name), at_key=True)
        else:
            yield from policy_settings.check(name, environment.policies[name], settings(name), ("policies", name))
    for name, waiver in environment.waivers.items():
        if waiver.policy not in policies:
            yield _unknown("policy", waiver.policy, policies, ("waivers", name, "policy"))
        if waiver.cluster is not None and waiver.cluster not in environment.clusters:
            yield _unknown("cluster", waiver.cluster, environment.clusters, ("waivers", name, "cluster"))
    yield from _accepted(environment)
    yield from _repository(environment.delivery)
    yield from _project(environment.delivery)
    for cluster in environment.clusters.values():
        yield from _cluster(environment, cluster)


def _accepted(environment: Environment) -> Iterator[Violation]:
    """What acceptances name; a cluster may be one whose removal is declared."""
    for name, acceptance in environment.accept.items():
        kinds, rules = effect_names.kinds_and_rules()
        if acceptance.effect not in (*kinds, *rules):
            fix = f"It is one of {', '.join(kinds)}, or the rule that `pggitops plan` shows."
            yield _unknown("effect", acceptance.effect, (*kinds, *rules), ("accept", name, "effect"), fix)
        removed = [path.split(".")[1] for path in environment.removed if path.startswith("clusters.")]
        cluster = acceptance.cluster
        if cluster is not None and cluster not in (*environment.clusters, *removed):
            yield _unknown("cluster", cluster, environment.clusters, ("accept", name, "cluster"))


def _unknown(
    what: str, name: str, known: Collection[str], path: Path, fix: str = "", *, at_key: bool = False
) -> Violation:
    message = f'there is no {what} "{name}"{did_you_mean(name, known)}'
    listed = ", ".join(sorted(known)[:12])
    fix = fix or (f"Known are: {listed}." if len(known) <= 12 else f"Known are {listed}, … ({len(known)} in all).")
    return Violation(message, fix, path, f"reference-no-{what.replace(' ', '-')}", at_key=at_key)


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


_TAKEN = {
    "default": "Argo CD's own project, and would be narrowed for every Application that names none",
    "pggitops-root": "the project of what a person applies once",
    "pggitops-operators": "the project of operators and CRDs",
}


def _project(delivery: Delivery) -> Iterator[Violation]:
    """The AppProject of databases is rendered whole, so it cannot be one that is there for something else."""
    whose = _TAKEN.get(delivery.project or "")
    if delivery.engine == "argocd" and whose:
        fix = "Write a name of its own, such as `project: databases`."
        message = f'"{delivery.project}" is {whose}'
        yield Violation(message, fix, ("delivery", "project"), "reference-project-taken")


_FLUX_SCHEMES = ("http://", "https://", "ssh://", "oci://")


def _cluster(environment: Environment, cluster: Cluster) -> Iterator[Violation]:
    path = ("clusters", cluster.name)
    version, versions = cluster.cr_version or environment.operator.version, operators.versions()
    if cluster.cr_version is not None and cluster.cr_version not in versions:
        yield _unknown("operator version", cluster.cr_version, versions, (*path, "crVersion"))
    if version in versions:
        majors = operators.facts(version)["images"]["postgres"]
        if str(cluster.postgres.version) not in majors:
            message = f"operator {version} has no image for PostgreSQL {cluster.postgres.version}"
            fix = f"It has {', '.join(sorted(majors, key=int))}."
            yield Violation(message, fix, (*path, "postgres", "version"), "reference-no-postgres-version")
    yield from _storage_classes(environment, cluster)
    standby, repos = cluster.standby, cluster.backups.repos
    if standby and standby.repo is not None and standby.repo not in repos:
        yield _unknown("repository", standby.repo, repos, (*path, "standby", "repo"))
    source = cluster.bootstrap
    if source and source.cluster and source.namespace in (None, environment.namespace.name):
        others = [name for name in environment.clusters if name != cluster.name]
        at = (*path, "bootstrap", "cluster")
        if source.cluster == cluster.name:
            message, fix = f"{cluster.name} is to start from itself", "Name another cluster, or remove `bootstrap`."
            yield Violation(message, fix, at, "reference-no-cluster")
        elif source.cluster not in others:
            none = "There is no other here: add the `namespace` of that cluster, or remove `bootstrap`."
            yield _unknown("cluster", source.cluster, others, at, "" if others else none)


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
            if name is not None and name not in known:
                yield _unknown("storage class", name, known, at)
    for repo in cluster.backups.ordered:
        name = repo.volume.storage_class if repo.volume else None
        if name is not None and name not in known:
            at = ("clusters", cluster.name, "backups", "repos", repo.name, "volume", "storageClass")
            yield _unknown("storage class", name, known, at)
