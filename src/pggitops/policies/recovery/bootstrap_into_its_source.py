"""A cluster starts from a repository that it then writes into.

## Why

The restored cluster is another one than that which made the backups: with the same path it archives over the other's
write-ahead log, and `stanza-create` fails or upgrades the stanza away. What was to be restored from is damaged by the
restore.

## How to fix

Give the new cluster a path of its own, or none, which is /environment/cluster/repository.
"""

from collections.abc import Iterator

from pggitops.findings import Severity, Violation
from pggitops.model import Cluster
from pggitops.parts.backups import repo_path, storage
from pggitops.policies import Facts

severity = Severity.ERROR
about = {"words": ("bootstrap",)}


def check_cluster(facts: Facts, cluster: Cluster) -> Iterator[Violation]:
    source = cluster.bootstrap.from_ if cluster.bootstrap else None
    if source is None or source.volume:
        return
    where, path = storage(source), source.path or f"/pgbackrest/{source.repo}"
    for repo in cluster.backups.ordered:
        if storage(repo) == where and repo_path(facts.environment, cluster, repo) == path:
            message = f"{repo.name} writes into {path}, which the cluster is restored from"
            at = ("clusters", cluster.name, "backups", "repos", repo.name)
            fix = "Remove its `path`, or give it another." if repo.path else "Give it a `path` of its own."
            yield Violation(message, fix, (*at, "path") if repo.path else at)
