"""The images that a cluster and what is rendered beside it run, and what their names say."""

from __future__ import annotations

import functools
from collections.abc import Iterator, Mapping
from typing import Any

from pggitops.findings import Path
from pggitops.patterns import pattern
from pggitops.record import record

_MAJOR = pattern(r"(?:.*ppg)?([0-9]{2})(?:[.-].*)?")
_VERSION = pattern(r"(?:.*ppg)?v?([0-9]+(?:[.][0-9]+)+).*")

PODS: Mapping[str, Path] = {
    "Pod": ("spec",),
    "CronJob": ("spec", "jobTemplate", "spec", "template", "spec"),
    **dict.fromkeys(("Deployment", "StatefulSet", "DaemonSet", "ReplicaSet", "Job"), ("spec", "template", "spec")),
}
"""Where the pods of a kind are described."""


@record
class Image:
    """An image's name in its parts; `host` and `tag` are empty where they are not said."""

    host: str
    path: str
    tag: str
    digest: str


def read(name: str) -> Image:
    """`registry.acme.example:5000/percona/x:1@sha256:…` in its parts."""
    rest, _, digest = name.partition("@")
    first, slash, path = rest.partition("/")
    host = first if slash and ("." in first or ":" in first or first == "localhost") else ""
    path = path if host else rest
    path, _, tag = path.partition(":")
    return Image(host, path, tag, digest)


def of_cluster(resource: Mapping[str, Any]) -> Iterator[tuple[Path, str]]:
    """The images that a PerconaPGCluster names, each with its place."""
    spec = resource["spec"]
    for path in MAIN:
        if image := within(resource, path):
            yield path, image
    for word in ("pmm", "extensions", "initContainer"):
        if image := (spec.get(word) or {}).get("image"):
            yield ("spec", word, "image"), image
    for index, instance_set in enumerate(spec.get("instances") or ()):
        yield from of_containers(instance_set, ("spec", "instances", index))
    yield from of_containers(within(spec, ("proxy", "pgBouncer")) or {}, ("spec", "proxy", "pgBouncer"))


MAIN: tuple[Path, ...] = (
    ("spec", "image"),
    ("spec", "proxy", "pgBouncer", "image"),
    ("spec", "backups", "pgbackrest", "image"),
)
"""Where the images of PostgreSQL, PgBouncer and pgBackRest stand."""


def of_containers(pod: Mapping[str, Any], at: Path) -> Iterator[tuple[Path, str]]:
    """The images of the containers in a pod's description, or of those added to one of the operator's."""
    for word in ("containers", "initContainers", "sidecars"):
        for index, container in enumerate(pod.get(word) or ()):
            if container.get("image"):
                yield (*at, word, index, "image"), container["image"]


def of_manifest(document: Mapping[str, Any]) -> Iterator[tuple[Path, str]]:
    """The images of an object that makes pods; none of any other kind."""
    if document["kind"] == "PerconaPGCluster":
        return of_cluster(document)
    at = PODS.get(document["kind"])
    return of_containers(within(document, at) or {}, at) if at else iter(())


def main(resource: Mapping[str, Any], path: Path) -> str:
    """The image at one of `MAIN`, empty without."""
    return str(within(resource, path) or "")


def within(here: Any, path: Path) -> Any:
    """What stands at a path, or None."""
    for step in path:
        here = here.get(step) if isinstance(here, dict) else None
    return here


@functools.lru_cache(maxsize=1024)
def postgres_major(name: str) -> int | None:
    """The major of PostgreSQL that an image's tag says; None where it says none."""
    image = read(name)
    match = _MAJOR().fullmatch(image.tag) if "postgres" in image.path else None
    major = int(match[1]) if match else 0
    return major if 10 <= major < 40 else None


@functools.lru_cache(maxsize=1024)
def version(name: str) -> tuple[int, ...] | None:
    """The version that an image's tag says as numbers, builds aside: (17, 10) for `17.10-1`; None for none."""
    match = _VERSION().fullmatch(read(name).tag)
    return tuple(int(part) for part in match[1].split(".")) if match else None
