"""Images are never pulled.

## Why

With `imagePullPolicy: Never` a pod starts only where somebody has put the image before. On a new node, after a failover
or an upgrade, it does not: "ErrImageNeverPull".

## How to fix

Remove it: `IfNotPresent` pulls an image where it is not there yet.
"""

from collections.abc import Iterator

from pggitops.findings import Severity, Violation
from pggitops.model import Cluster
from pggitops.policies import Facts

severity = Severity.ERROR
about = {"words": ("patch",)}


def check_cluster(facts: Facts, cluster: Cluster) -> Iterator[Violation]:
    name, resource = facts.resource(cluster)
    spec = resource.document["spec"]
    for path in (("imagePullPolicy",), ("extensions", "imagePullPolicy")):
        here = (spec.get("extensions") or {}) if len(path) == 2 else spec
        if here.get("imagePullPolicy") == "Never":
            message = "pods start only where somebody has brought the images"
            yield Violation(message, "Write `IfNotPresent`.", ("spec", *path), manifest=name)
