"""A repository is to be reached by workload identity where that cannot work.

## Why

pgBackRest takes a cloud identity on EKS for S3 (web identity) and on GKE for GCS. It knows none of Azure's, other
platforms have none to give, and one cloud's identity opens no other cloud's bucket. Without keys every backup and every
WAL segment fails, and WAL fills the volume.

## How to fix

Use a Secret with the store's keys: `credentials: {secret: name}`.
"""

from collections.abc import Iterator

from pggitops.findings import Severity, Violation
from pggitops.model import BootstrapSource, Cluster, Repo
from pggitops.parts.backups import identity_sources
from pggitops.policies import Facts

severity = Severity.ERROR


def check_cluster(facts: Facts, cluster: Cluster) -> Iterator[Violation]:
    platform = facts.environment.target.platform
    identities: dict[str, str] = {}
    for name, repo, at in identity_sources(cluster):
        identity = repo.credentials.workload_identity
        if identity is None:
            continue
        path = ("clusters", cluster.name, *at, "credentials", "workloadIdentity")
        reason = _reason(repo, platform)
        if reason:
            yield Violation(reason, "Use `credentials: {secret: name}`.", path)
        identities[identity] = name
        if len(identities) == 2:
            first = next(iter(identities.values()))
            message = f"{name} has another identity than {first}; a cluster's pods have one"
            yield Violation(message, "Give one identity the rights to both, or use a Secret for one.", path)


def _reason(repo: Repo | BootstrapSource, platform: str) -> str | None:
    if repo.azure:
        return "pgBackRest knows no workload identity of Azure"
    if repo.volume:
        return "a volume needs no identity"
    store, home = ("S3", "eks") if repo.s3 else ("GCS", "gke")
    return None if platform == home else f"{store} takes a workload identity on {home.upper()} only, this is {platform}"
