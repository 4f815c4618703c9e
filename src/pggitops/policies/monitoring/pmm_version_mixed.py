"""The PMM client is of another major than the server it talks to.

## Why

Clients of PMM 2 and 3 log in differently (an API key, a service token) and do not talk to each other's servers; the
container restarts for ever, and nothing is recorded. The operator of 2.9 gave notice that PMM 2 goes.

## How to fix

Write the server's major as `monitoring.pmm.version`, and leave the image to it.
"""

from collections.abc import Iterator

from pggitops import image_names
from pggitops.findings import Severity, Violation
from pggitops.model import Cluster
from pggitops.policies import Facts

severity = Severity.ERROR
lenient = Severity.WARNING
about = {"words": ("monitoring.pmm",)}


def check_cluster(facts: Facts, cluster: Cluster) -> Iterator[Violation]:
    pmm = cluster.monitoring.pmm
    if pmm is None:
        return
    name, resource = facts.resource(cluster)
    image = (resource.document["spec"].get("pmm") or {}).get("image") or ""
    held = image_names.version(image) if "pmm" in image_names.read(image).path else None
    if held and held[0] in (2, 3) and held[0] != pmm.version:
        message = f"the client is PMM {held[0]}, the server is said to be PMM {pmm.version}"
        yield Violation(message, "Leave the image out.", ("spec", "pmm", "image"), manifest=name)
