"""Every backup lies on a volume of the Kubernetes cluster that it protects against.

## Why

A volume repository restores fast and goes down together with the Kubernetes cluster, its zone or its storage system;
the `delete-pvc` finalizer and a removed namespace take it along with the database.

## How to fix

Add a repository in an object store, best in another region. The volume may stay, as `repo1`, for fast restores:

    backups:
      repos:
        repo2: {s3: {bucket: acme-pg, region: eu-central-1}, schedules: {full: 17 3 * * 0}, retention: {full: 5}}
"""

from collections.abc import Iterator

from pggitops.findings import Severity, Violation
from pggitops.model import Cluster, is_lenient
from pggitops.policies import Facts

severity = Severity.ERROR
about = {"words": ("backups.volumes",)}


def check_cluster(facts: Facts, cluster: Cluster) -> Iterator[Violation]:
    repos = cluster.backups.ordered
    if not repos or not cluster.backups.enabled or any(repo.is_cloud for repo in repos):
        return
    is_standby = cluster.standby and cluster.standby.enabled
    if not is_standby and not is_lenient(facts.environment.tier_of(cluster)):
        fix = "Add a repository on S3, GCS or Azure; keep the volume for fast restores if you like."
        path = ("clusters", cluster.name, "backups", "repos")
        yield Violation("every backup lies on a volume of the cluster it protects", fix, path)
