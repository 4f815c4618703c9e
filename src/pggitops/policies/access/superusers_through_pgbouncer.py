"""Superusers may log in through pgBouncer.

## Why

pgBouncer is what applications reach. With `exposeSuperusers` a leaked password of `postgres` is the whole cluster, from
every client's pod; without it a superuser has to be inside an instance first.

## How to fix

Remove `exposeSuperusers`. What needs a superuser runs in the instance: `kubectl exec … -- psql`.
"""

from collections.abc import Iterator

from pggitops.findings import Severity, Violation
from pggitops.model import Cluster
from pggitops.policies import Facts

severity = Severity.ERROR
about = {"words": ("patch",)}


def check_cluster(facts: Facts, cluster: Cluster) -> Iterator[Violation]:
    name, resource = facts.resource(cluster)
    if ((resource.document["spec"].get("proxy") or {}).get("pgBouncer") or {}).get("exposeSuperusers"):
        path = ("spec", "proxy", "pgBouncer", "exposeSuperusers")
        fix = "Remove `exposeSuperusers`; superusers work from inside a pod."
        yield Violation("superusers may log in through pgBouncer", fix, path, manifest=name)
