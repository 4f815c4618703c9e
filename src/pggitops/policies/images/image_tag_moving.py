"""An image has a tag that means something else tomorrow.

## Why

A pod that starts anew gets what the tag is by then: the replicas of one database run different versions, what was
tested is not what runs, and going back in Git does not go back. Without a tag it is `latest`.

## How to fix

Write a version, or a digest: `percona/percona-pgbouncer:1.25.2-1`.
"""

from collections.abc import Iterator

from pggitops import image_names
from pggitops.findings import Severity, Violation
from pggitops.policies import Facts

severity = Severity.ERROR
lenient = Severity.WARNING

MOVING = frozenset(
    ["", "latest", "main", "master", "trunk", "head", "edge", "nightly", "dev", "devel", "develop", "stable", "release"]
)


def check_environment(facts: Facts) -> Iterator[Violation]:
    own = facts.environment.operator
    if own.image and own.scope == "cluster":
        yield from _judged(own.image, Violation("", "", ("operator", "image")))
    for kind in ("PerconaPGCluster", *image_names.PODS):
        for name, manifest in facts.of_kind(kind):
            for path, image in image_names.of_manifest(manifest.document):
                yield from _judged(image, Violation("", "", path, manifest=name))


def _judged(name: str, place: Violation) -> Iterator[Violation]:
    if name.rpartition(":")[2].lower() not in MOVING and ":" in name.rpartition("/")[2]:
        return
    image = image_names.read(name)
    if not image.digest:
        what = f'the tag "{image.tag}" moves' if image.tag else "it has no tag, which is latest"
        yield Violation(f"{name}: {what}", "Write a version or a digest.", place.path, manifest=place.manifest)
