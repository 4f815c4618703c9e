"""A cluster has no backups: they are off, there is no repository, or no full backup is scheduled.

## Why

The operator accepts a cluster without backups, and one whose repositories have no schedule. Without a full backup there
is nothing to restore, however much of the write-ahead log is archived.

## How to fix

Give the cluster a repository in an object store with a full schedule of five fields and a retention:

    backups:
      repos:
        repo1:
          s3: {bucket: acme-pg, region: eu-central-1}
          schedules: {full: 17 1 * * 0, differential: 17 1 * * 1-6}
          retention: {full: 5}
"""

from collections.abc import Iterator

from pggitops.findings import Severity, Violation
from pggitops.model import Cluster
from pggitops.policies import Facts

severity = Severity.ERROR
lenient = Severity.WARNING


def check_cluster(facts: Facts, cluster: Cluster) -> Iterator[Violation]:
    path = ("clusters", cluster.name, "backups")
    repos = cluster.backups.ordered
    name, manifest = facts.resource(cluster)
    rendered = manifest.document["spec"].get("backups") or {}
    if cluster.backups.enabled and rendered.get("enabled") is False:
        yield Violation("backups are off", "Remove it.", ("spec", "backups", "enabled"), manifest=name)
    elif not cluster.backups.enabled:
        yield Violation("backups are off", "Remove `enabled: false`.", (*path, "enabled"))
    elif not repos:
        fix = "Add `backups.repos.repo1` with a storage, schedules and a retention."
        yield Violation("there is no backup repository", fix, (*path, "repos"))
    elif not any(repo.schedules.full for repo in repos) and not (cluster.standby and cluster.standby.enabled):
        fix = "Add `schedules: {full: 17 1 * * 0}` to a repository."
        yield Violation("no repository has a full backup schedule", fix, (*path, "repos", repos[0].name, "schedules"))
