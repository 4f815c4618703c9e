"""An image of a registry that asks for digests is named by a tag.

## Why

A tag can be pushed again, by mistake or by somebody who got in; a digest is the image itself, and is checked when it is
pulled (the OCI image specification; CKV_K8S_43 of Checkov). Few registries keep a tag from being moved, and the
operator's own images have tags by default, so this policy asks only of the registries that are set.

## How to fix

Write the digest behind the tag, which is then for people alone:
`registry.acme.example/postgres:18.1@sha256:…`. In a base, say which registries are meant; `"*"` is every one:

```yaml
policies: {image-without-digest: {registries: [registry.acme.example]}}
```
"""

from collections.abc import Iterator

from pggitops import image_names
from pggitops.findings import Severity, Violation
from pggitops.policies import Facts

severity = Severity.ERROR
lenient = Severity.WARNING
settings: dict[str, list[str]] = {"registries": []}
about = {"words": ("policies",)}

FIX = "Write its digest as well: `{}@sha256:…`."


def check_environment(facts: Facts) -> Iterator[Violation]:
    registries = facts.setting("image-without-digest", "registries")
    if not registries:
        return
    own = facts.environment.operator
    if own.image and own.scope == "cluster" and _is_meant(own.image, registries):
        yield Violation(f"{own.image} has no digest", FIX.format(own.image), ("operator", "image"))
    for kind in ("PerconaPGCluster", *image_names.PODS):
        for name, manifest in facts.of_kind(kind):
            for path, image in image_names.of_manifest(manifest.document):
                if _is_meant(image, registries):
                    yield Violation(f"{image} has no digest", FIX.format(image), path, manifest=name)


def _is_meant(name: str, registries: list[str]) -> bool:
    image = image_names.read(name)
    host = image.host or "docker.io"
    return not image.digest and ("*" in registries or host in registries or host.partition(":")[0] in registries)
