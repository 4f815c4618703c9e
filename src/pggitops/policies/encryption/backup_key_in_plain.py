"""A key to the backups stands in the overlay in plain text.

## Why

`global` becomes a ConfigMap, and lies in Git before that: whoever can read either has every byte of the database, and,
with a store's key, can delete all backups. Git forgets nothing.

## How to fix

Change the key. Put the new one into the Secret that `backups.repos.repoN.credentials.secret` names; `pggitops secrets
ENV` shows its form. On EKS and GKE `workloadIdentity` needs no key at all.
"""

from collections.abc import Iterator

from pggitops import pgbackrest
from pggitops.findings import Severity, Violation
from pggitops.model import Cluster
from pggitops.policies import Facts

severity = Severity.ERROR
about = {"problems": ("pgbackrest",)}


def check_cluster(facts: Facts, cluster: Cluster) -> Iterator[Violation]:
    name, manifest = facts.resource(cluster)
    yield from pgbackrest.violations(name, manifest.document, pgbackrest.Fault.SECRET)
