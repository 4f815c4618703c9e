"""What the fleet needs to know of an environment's clusters: small, and the same object for all that are alike.

Nothing here names the environment or the cluster, so that thousands of clusters share a handful of these facts.
"""

from __future__ import annotations

import sys

from pggitops import sizing
from pggitops.model import Cluster, ClusterFacts, Environment, Following, Repo, RepositoryFacts
from pggitops.parts.backups import is_encrypted, storage

LIMITS = {
    "max_connections": 100,
    "max_locks_per_transaction": 64,
    "max_prepared_transactions": 0,
    "max_wal_senders": 10,
    "max_worker_processes": 8,
}
"""What a standby must not have less of than its primary (PostgreSQL's manual, "Hot Standby"); Patroni's defaults."""


def facts_of(environment: Environment, cluster: Cluster) -> ClusterFacts:
    """The facts of one cluster."""
    own = cluster.standby
    following = Following(own.enabled, own.host, own.repo, own.of) if own else None
    limits = tuple(_whole(cluster.postgres.parameters.get(name, default), default) for name, default in LIMITS.items())
    return ClusterFacts(
        sys.intern(environment.tier_of(cluster)),
        cluster.postgres.version,
        tuple(_repository(repo) for repo in cluster.backups.ordered) if cluster.backups.enabled else (),
        following,
        tuple(sorted(cluster.users)),
        limits,
        cluster.pause,
        int(min(sizing.amount(instance_set.storage) or 0 for instance_set in cluster.instances.all)),
        tuple(sorted(set.intersection(*(set(instance_set.tablespaces) for instance_set in cluster.instances.all)))),
    )


def _whole(value: object, default: int) -> int:
    text = str(value)
    return int(text) if text.isdecimal() else default


def _repository(repo: Repo) -> RepositoryFacts:
    place = ""
    if repo.is_cloud:
        ((kind, where),) = storage(repo).items()
        place = " ".join([kind, *(str(where[word]) for word in ("endpoint", "bucket", "container") if word in where)])
    full = repo.schedules.full
    return RepositoryFacts(
        repo.name, sys.intern(place), repo.path, is_encrypted(repo), sys.intern(full) if full else None
    )


def path_of(environment: str, cluster: str, repository: RepositoryFacts) -> str:
    """Where in its store a repository lies: as it is written, else where no other one does."""
    return repository.path or f"/{environment}/{cluster}/{repository.name}"
