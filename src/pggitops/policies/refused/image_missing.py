"""A cluster has no image of something it runs.

## Why

The CRD does not ask for the images, and the operator's own deployment has no others to fall back on: it writes an event
(`MissingRequiredImage`) and does nothing for the cluster.

## How to fix

Leave the images to the operator version: take the `null` out of the patch.
"""

from collections.abc import Iterator

from pggitops import image_names
from pggitops.findings import Severity, Violation
from pggitops.model import Cluster
from pggitops.policies import Facts

severity = Severity.ERROR
about = {"words": ("patch",)}

WHAT = ("PostgreSQL", "PgBouncer", "pgBackRest")


def check_cluster(facts: Facts, cluster: Cluster) -> Iterator[Violation]:
    _, resource = facts.resource(cluster)
    spec = resource.document["spec"]
    there = (
        True,
        bool((spec.get("proxy") or {}).get("pgBouncer")),
        # without one, what starts from a backup is a finding by itself
        spec["backups"].get("enabled") is not False and not spec.get("dataSource"),
    )
    for what, is_there, path in zip(WHAT, there, image_names.MAIN, strict=True):
        if is_there and not image_names.main(resource.document, path):
            message = f"there is no image of {what}, so the operator does nothing for the cluster"
            at = ("clusters", cluster.name, "patch", *path)
            yield Violation(message, "Take the null out of the patch.", at)
