"""An image has a tag that means something else tomorrow.

## Why

A pod that starts anew gets what the tag is by then: the replicas of one database run different versions, what was
tested is not what runs, and going back in Git does not go back. Without a tag it is `latest`. An image of PostgreSQL
whose tag is its major, `postgres:17`, is another one with every minor version.

## How to fix

Write a version, or a digest: `percona/percona-pgbouncer:1.25.2-1`.
"""

import functools
from collections.abc import Iterator

from pggitops import image_names
from pggitops.findings import Severity, Violation
from pggitops.policies import Facts

severity = Severity.ERROR
lenient = Severity.WARNING

FIX = "Write a version or a digest."
MOVING = frozenset(
    ["", "latest", "main", "master", "trunk", "head", "edge", "nightly", "dev", "devel", "develop", "stable", "release"]
)


def check_environment(facts: Facts) -> Iterator[Violation]:
    own = facts.environment.operator
    if own.image and own.scope == "cluster" and _moves(own.image):
        yield Violation(_said(own.image), FIX, ("operator", "image"))
    for kind in ("PerconaPGCluster", *image_names.PODS):
        for name, manifest in facts.of_kind(kind):
            for path, image in image_names.of_manifest(manifest.document):
                if _moves(image):
                    yield Violation(_said(image), FIX, path, manifest=name)


@functools.lru_cache(maxsize=1024)
def _moves(name: str) -> bool:
    image = image_names.read(name)
    if image.digest:
        return False
    return image.tag.lower() in MOVING or image.tag == str(image_names.postgres_major(name))


def _said(name: str) -> str:
    tag = image_names.read(name).tag
    return f"{name}: " + (f'the tag "{tag}" moves' if tag else "it has no tag, which is latest")
