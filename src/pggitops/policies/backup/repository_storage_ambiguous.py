"""A repository has no storage, or two of them.

## Why

The overlay takes exactly one of `volume`, `s3`, `gcs` and `azure`; a patch can bring a second one or take the only one
away. The API server accepts both. Without one the operator stops with an error at every pass; of two it takes
one and ignores the other without a word (`internal/pgbackrest/config.go`, 3.0.0).

## How to fix

Say the storage in `backups.repos`, and take it out of `patch`.
"""

from collections.abc import Iterator

from pggitops import pgbackrest
from pggitops.findings import Severity, Violation
from pggitops.model import Cluster
from pggitops.policies import Facts

severity = Severity.ERROR
about = {"words": ("patch",)}

STORAGES = ("volume", "s3", "gcs", "azure")


def check_cluster(facts: Facts, cluster: Cluster) -> Iterator[Violation]:
    name, manifest = facts.resource(cluster)
    for index, repo in enumerate(pgbackrest.repos_of(manifest.document)):
        own = [storage for storage in STORAGES if repo.get(storage) is not None]
        if len(own) != 1:
            message = f"{repo['name']} has {' and '.join(own) if own else 'no storage'}"
            path = ("spec", "backups", "pgbackrest", "repos", index)
            fix = "Leave exactly one of volume, s3, gcs and azure."
            yield Violation(message, fix, (*path, own[-1], next(iter(repo[own[-1]]))) if own else path, manifest=name)
