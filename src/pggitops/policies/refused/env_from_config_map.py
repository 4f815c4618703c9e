"""The environment of a container comes from a ConfigMap, which the operator cannot bear.

## Why

The operator looks at each source in `envFrom` for its Secret, to restart the pods when that changes. Where there is a
ConfigMap instead it reads what is not there and dies in the middle of its work (`getEnvFromSecrets` of its
percona/controller/pgcluster/secret.go, 2.8.2 to 3.0.0), at this cluster, again and again.

## How to fix

Put the values into `env`, or into a Secret.
"""

from collections.abc import Iterator, Mapping
from typing import Any

from pggitops.findings import Path, Severity, Violation
from pggitops.model import Cluster
from pggitops.policies import Facts

severity = Severity.ERROR
about = {"words": ("patch",)}


def check_cluster(facts: Facts, cluster: Cluster) -> Iterator[Violation]:
    name, resource = facts.resource(cluster)
    for path, holder in _holders(resource.document["spec"]):
        for index, source in enumerate(holder.get("envFrom") or ()):
            if not source.get("secretRef"):
                message = "the operator dies at an `envFrom` without a Secret"
                fix = "Write the values as `env`, or as a Secret."
                at = ("spec", *path, "envFrom", index, "configMapRef", "name")
                yield Violation(message, fix, at, manifest=name)


def _holders(spec: Mapping[str, Any]) -> Iterator[tuple[Path, Mapping[str, Any]]]:
    for index, instance_set in enumerate(spec.get("instances") or ()):
        yield ("instances", index), instance_set
    yield ("proxy", "pgBouncer"), (spec.get("proxy") or {}).get("pgBouncer") or {}
    yield ("backups", "pgbackrest"), spec["backups"].get("pgbackrest") or {}
