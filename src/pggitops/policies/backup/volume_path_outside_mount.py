"""A volume repository has a path that is not on its volume.

## Why

The operator mounts the volume of repoN at `/pgbackrest/repoN`. Any other path is the container's own file system: where
it can be written to at all, the backups are gone with the next restart of the repository host
(`internal/pgbackrest/config.go`, 3.0.0).

## How to fix

Remove `path` from repositories with a volume, or begin it with `/pgbackrest/repoN`.
"""

from collections.abc import Iterator

from pggitops.findings import Severity, Violation
from pggitops.model import Cluster
from pggitops.pgbackrest import options_of
from pggitops.policies import Facts

severity = Severity.ERROR
about = {"words": ("backups.volumes",)}


def check_cluster(facts: Facts, cluster: Cluster) -> Iterator[Violation]:
    name, manifest = facts.resource(cluster)
    options = options_of(manifest.document)
    for repo in cluster.backups.ordered:
        mount, option = f"/pgbackrest/{repo.name}", f"{repo.name}-path"
        written = options.get(option, mount).rstrip("/")
        if repo.volume is None or written == mount or written.startswith(f"{mount}/"):
            continue
        message = f"{written} is not on the volume of {repo.name}, which is mounted at {mount}"
        if written == repo.path:
            path = ("clusters", cluster.name, "backups", "repos", repo.name, "path")
            yield Violation(message, "Remove it.", path)
        else:
            yield Violation(message, "Remove it.", ("spec", "backups", "pgbackrest", "global", option), manifest=name)
