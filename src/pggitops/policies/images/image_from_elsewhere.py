"""An image comes from another registry than all the others.

## Why

`registry` says where images come from: where they are scanned, kept and reachable. One from elsewhere is none of that,
and on a node without a way out the pod does not start, perhaps after months, when it is first moved there.

## How to fix

Mirror the image, and name the mirror's.
"""

from collections.abc import Iterator

from pggitops import image_names
from pggitops.findings import Severity, Violation
from pggitops.policies import Facts

severity = Severity.WARNING
lenient = Severity.INFO
about = {"words": ("registry",)}


def check_environment(facts: Facts) -> Iterator[Violation]:
    registry = facts.environment.registry
    if not registry:
        return
    host = _host(f"{registry}/x")
    for kind in ("PerconaPGCluster", *image_names.PODS):
        for name, manifest in facts.of_kind(kind):
            for path, image in image_names.of_manifest(manifest.document):
                if _host(image) != host:
                    message = f"{image} is not from {registry}"
                    yield Violation(message, "Mirror it, and write the mirror's name.", path, manifest=name)


def _host(image: str) -> str:
    return image_names.read(image).host.partition(":")[0]
