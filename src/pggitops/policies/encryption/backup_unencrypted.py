"""Backups leave the cluster without encryption.

## Why

A repository holds every byte of the database. The store's own encryption protects against a stolen disk, not against
whoever can read the bucket: a leaked key, a public bucket, another team. It cannot be added later, since pgBackRest
does not change the encryption of a repository that has a stanza.

## How to fix

Remove `encryption: none`, which leaves aes-256-cbc, and put the pass phrase into the repository's Secret; `pggitops
secrets ENV` shows where. For backups that are there already, add a second, encrypted repository and let the first one
run out.
"""

from collections.abc import Iterator

from pggitops.findings import Severity, Violation
from pggitops.model import Cluster
from pggitops.parts.backups import is_encrypted
from pggitops.pgbackrest import options_of
from pggitops.policies import Facts

severity = Severity.WARNING
lenient = Severity.INFO


def check_cluster(facts: Facts, cluster: Cluster) -> Iterator[Violation]:
    name, manifest = facts.resource(cluster)
    options = options_of(manifest.document)
    for repo in cluster.backups.ordered:
        option = f"{repo.name}-cipher-type"
        if not repo.is_cloud or options.get(option, "none") != "none":
            continue
        message = f"the backups in {repo.name} are not encrypted"
        fix = "Remove this, and give the pass phrase in the repository's Secret."
        if not is_encrypted(repo):
            path = ("clusters", cluster.name, "backups", "repos", repo.name, "encryption")
            yield Violation(message, fix, path)
        else:
            yield Violation(message, fix, ("spec", "backups", "pgbackrest", "global", option), manifest=name)
