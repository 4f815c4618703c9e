"""pgBackRest: repositories, global options, credentials; all values of options are text."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from pggitops.model import BootstrapSource, Cluster, Environment, Repo
from pggitops.parts.instances import claim
from pggitops.parts.names import backup_secret, name_and


def repos(cluster: Cluster) -> list[dict[str, Any]]:
    """`repos`, by number. `manual` and `restore` beside them are the operator's own and never rendered (K8SPG-816)."""
    return [_repo(repo) for repo in cluster.backups.ordered]


def _repo(repo: Repo) -> dict[str, Any]:
    schedules = name_and(
        {},
        full=repo.schedules.full,
        differential=repo.schedules.differential,
        incremental=repo.schedules.incremental,
    )
    return name_and({"name": repo.name}, schedules=schedules) | storage(repo)


def storage(repo: Repo | BootstrapSource) -> dict[str, Any]:
    """The one storage of a repository, as the resource writes it."""
    if repo.s3:
        endpoint = repo.s3.endpoint or f"s3.{repo.s3.region}.amazonaws.com"
        return {"s3": {"bucket": repo.s3.bucket, "endpoint": endpoint, "region": repo.s3.region}}
    if repo.gcs:
        return {"gcs": {"bucket": repo.gcs.bucket}}
    if repo.azure:
        return {"azure": {"container": repo.azure.container}}
    if repo.volume:
        return {"volume": {"volumeClaimSpec": claim(repo.volume.storage, repo.volume.storage_class)}}
    return {}


def global_options(environment: Environment, cluster: Cluster) -> dict[str, str]:
    """`spec.backups.pgbackrest.global`: the repositories' options, then the overlay's own, sorted by name."""
    options: dict[str, str] = {}
    for repo in cluster.backups.ordered:
        options |= repo_options(environment, repo.number, repo)
        prefix = f"repo{repo.number}"
        options[f"{prefix}-path"] = repo_path(environment, cluster, repo)
        full, differential = repo.retention.full, repo.retention.differential
        if full is not None:
            by_time = str(full).endswith("d")
            options[f"{prefix}-retention-full"] = str(full).removesuffix("d")
            options[f"{prefix}-retention-full-type"] = "time" if by_time else "count"
        if differential is not None:
            options[f"{prefix}-retention-diff"] = str(differential)
    options |= cluster.backups.options
    return {name: options[name] for name in sorted(options)}


def repo_path(environment: Environment, cluster: Cluster, repo: Repo) -> str:
    """Where the repository lies: in a bucket unique in the fleet by construction, on a volume where it is mounted."""
    if repo.path:
        return repo.path
    if repo.volume:
        return f"/pgbackrest/{repo.name}"
    return f"/{environment.name}/{cluster.name}/{repo.name}"


def repo_options(environment: Environment, number: int, repo: Repo | BootstrapSource) -> dict[str, str]:
    """The options a repository's storage, encryption and credentials need."""
    prefix = f"repo{number}"
    options: dict[str, str] = {}
    if repo.path:
        options[f"{prefix}-path"] = repo.path
    if is_encrypted(repo):
        options[f"{prefix}-cipher-type"] = repo.encryption or "aes-256-cbc"
    if repo.s3:
        if repo.s3.uri_style == "path":
            options[f"{prefix}-s3-uri-style"] = "path"
        if not repo.s3.verify_tls:
            options[f"{prefix}-storage-verify-tls"] = "n"
    if repo.credentials.workload_identity:
        if repo.s3:
            options[f"{prefix}-s3-key-type"] = "web-id"
        elif repo.gcs:
            options[f"{prefix}-gcs-key-type"] = "auto"
    return options


def is_encrypted(repo: Repo | BootstrapSource) -> bool:
    """Whether pgBackRest encrypts: what leaves the cluster is encrypted unless the overlay says "none"."""
    return repo.encryption != "none" if repo.encryption else repo.volume is None


def needs_secret(repo: Repo | BootstrapSource) -> bool:
    """Whether the repository needs a Secret: a key to its store, or the pass phrase of its encryption."""
    has_key = repo.volume is None and not repo.credentials.workload_identity
    return has_key or is_encrypted(repo) or repo.credentials.secret is not None


def identities(cluster: Cluster) -> list[str]:
    """The cloud identities of the cluster's pods, one after the other; more than one is a mistake."""
    found = (source.credentials.workload_identity for _, source, _ in identity_sources(cluster))
    return [identity for identity in found if identity]


def identity_sources(cluster: Cluster) -> Iterator[tuple[str, Repo | BootstrapSource, tuple[str, ...]]]:
    """What the cluster's pods may open with an identity: what it is called, itself, and where the overlay says so."""
    for repo in cluster.backups.ordered:
        yield repo.name, repo, ("backups", "repos", repo.name)
    if cluster.bootstrap and cluster.bootstrap.from_:
        yield "the repository it starts from", cluster.bootstrap.from_, ("bootstrap", "from")


def configuration(cluster: Cluster) -> list[dict[str, Any]] | None:
    """The Secrets whose keys become files of pgBackRest's configuration, if any."""
    names = [backup_secret(cluster, repo) for repo in cluster.backups.ordered if needs_secret(repo)]
    return [{"secret": {"name": name}} for name in dict.fromkeys(names)] or None
