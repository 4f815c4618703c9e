"""A cluster starts from another one whose backups it cannot use.

## Why

pgBackRest restores files, so both clusters have the same major version; a repository the source does not have, or
backups that are off, leave a restore Job that fails for ever.

## How to fix

Take the source's major version, upgrade afterwards, and name one of its repositories in `bootstrap.repo`.
"""

from collections.abc import Iterator

from pggitops.findings import Severity, Violation
from pggitops.model import Cluster
from pggitops.policies import Facts

severity = Severity.ERROR
about = {"words": ("bootstrap",)}


def check_cluster(facts: Facts, cluster: Cluster) -> Iterator[Violation]:
    own = cluster.bootstrap
    if own is None or own.cluster is None or own.namespace not in (None, facts.environment.namespace.name):
        return
    source = facts.environment.clusters.get(own.cluster)
    if source is None or source is cluster:
        return
    path = ("clusters", cluster.name, "bootstrap")
    if source.postgres.version != cluster.postgres.version:
        message = f"{source.name} is PostgreSQL {source.postgres.version}, this one {cluster.postgres.version}"
        fix = f"Start with version {source.postgres.version}, and upgrade then."
        yield Violation(message, fix, ("clusters", cluster.name, "postgres", "version"))
    repo = own.repo or "repo1"
    if not source.backups.enabled:
        yield Violation(f"{source.name} has no backups to start from", "Switch them on.", (*path, "cluster"))
    elif repo not in source.backups.repos:
        there = ", ".join(sorted(source.backups.repos))
        message = f"{source.name} has no {repo} to start from; it has {there}"
        yield Violation(message, f"Write `repo: {next(iter(sorted(source.backups.repos)))}`.", (*path, "repo"))
