"""What a PerconaPGCluster says of itself, as far as effects depend on it."""

from __future__ import annotations

import functools
import re
from collections.abc import Iterable, Mapping
from typing import Any

from pggitops import managed_parameters, parameters
from pggitops.plan.effects.context import Context, Document, value_at
from pggitops.plan.model import MISSING, SideObject

NETWORK_POLICY = ("networking.k8s.io", "NetworkPolicy")
"""Group and kind of what is judged all together; other projects have kinds of that name too."""

STORES = ("s3", "gcs", "azure")
GUARDS = {
    "argocd.argoproj.io/sync-options": ("Prune=false", "Delete=false"),
    "kustomize.toolkit.fluxcd.io/prune": ("disabled",),
    "helm.sh/resource-policy": ("keep",),
}
"""Annotations that keep an engine from deleting an object, and what they say then."""

_NEWEST = parameters.MAJORS[-1]
_VERSION = re.compile(r"(\d+)\.(\d+)")


def spec(document: Document | None) -> Mapping[str, Any]:
    """The specification, empty without one."""
    return a_map((document or {}).get("spec"))


def sets(document: Document | None) -> dict[str, int]:
    """The instances of each set."""
    return {str(one.get("name", "00")): number(one.get("replicas"), 1) for one in maps(spec(document).get("instances"))}


def instances(context: Context) -> int:
    """The least number of instances there are while a change is rolled out."""
    known = [sum(sets(one).values()) for one in (context.old, context.new) if one is not None]
    return min(known, default=0)


def poolers(context: Context) -> int:
    """PgBouncer's pods after the change."""
    proxy = value_at(context.either, ("spec", "proxy", "pgBouncer"))
    return number(proxy.get("replicas"), 1) if isinstance(proxy, Mapping) else 0


def is_standby(document: Document | None) -> bool:
    """Whether the cluster follows another one."""
    return a_map(spec(document).get("standby")).get("enabled") is True


def has_repo_host(document: Document | None) -> bool:
    """Whether there is a pod of the repository host: always, while there are backups."""
    return a_map(spec(document).get("backups")).get("enabled", True) is not False


def major(document: Document | None) -> int:
    """The PostgreSQL major; the newest known where none is written."""
    found = number(spec(document).get("postgresVersion"), _NEWEST)
    return found if found in parameters.MAJORS else _NEWEST


def setter(name: str, document: Mapping[str, Any]) -> tuple[str, str] | None:
    """Who sets a parameter of a resource, and to what; the resource may be anything."""
    own = spec(document)
    sections = {
        "backups": a_map(own.get("backups")),
        "patroni": {"dynamicConfiguration": a_map(value_at(own, ("patroni", "dynamicConfiguration")))},
        "extensions": {"builtin": a_map(value_at(own, ("extensions", "builtin")))},
    }
    asked = ".".join(map(str, version(own.get("crVersion", "3.0"))))
    return managed_parameters.setter(name, {"spec": sections}, asked)


def version(text: Any) -> tuple[int, int]:
    """Major and minor of a version's text, of an image's tag too; (0, 0) if there is none."""
    found = _VERSION.search(str(text).rpartition(":")[2])
    return (int(found[1]), int(found[2])) if found else (0, 0)


def image_major(image: Any) -> int:
    """The PostgreSQL major in an image's tag (`18.4-1`, `2.8.2-ppg17.6-postgres`); 0 if it says none."""
    tag = str(image).rpartition(":")[2]
    found = re.search(r"ppg(\d+)", tag) or re.match(r"(\d+)\.", tag)
    return int(found[1]) if found else 0


def store(repo: Any) -> str:
    """Where a repository lies: `s3`, `gcs`, `azure`, `volume`; empty for none."""
    if not isinstance(repo, Mapping):
        return ""
    return next((each for each in (*STORES, "volume") if repo.get(each)), "")


def is_guarded(document: Document | None) -> bool:
    """Whether annotations forbid an engine to delete an object that left Git."""
    annotations = a_map(a_map((document or {}).get("metadata")).get("annotations"))
    return any(
        word in str(annotations.get(name, "")).split(",") for name, words in GUARDS.items() for word in words[:1]
    )


@functools.lru_cache(maxsize=4096)
def go_seconds(text: str) -> float | None:
    """A duration of Go (`1h30m`) in seconds; None for anything else."""
    units = {"h": 3600.0, "m": 60.0, "s": 1.0, "ms": 0.001}
    if not re.fullmatch(r"(\d+(\.\d+)?(h|ms|m|s))+", text):
        return None
    return sum(float(number) * units[unit] for number, _, unit in re.findall(r"(\d+(\.\d+)?)(h|ms|m|s)", text))


def engines(objects: Iterable[SideObject]) -> list[SideObject]:
    """The Applications and Kustomizations that deliver an environment."""
    groups = ("argoproj.io", "kustomize.toolkit.fluxcd.io")
    return [each for each in objects if each.key.group in groups and each.key.kind in ("Application", "Kustomization")]


def prunes(delivery: SideObject) -> bool:
    """Whether what left Git is deleted by this delivery object without anybody's doing."""
    own = spec(delivery.document)
    if delivery.key.kind == "Kustomization":
        return bool(own.get("prune"))
    automated = a_map(a_map(own.get("syncPolicy")).get("automated"))
    return automated.get("enabled", True) is not False and bool(automated.get("prune"))


def of_cluster(deliveries: list[SideObject], cluster: str) -> list[SideObject]:
    """Those of one cluster: the objects that know it, else those whose path ends with its name."""
    own = [each for each in deliveries if each.cluster == cluster]
    if own:
        return own
    return [each for each in deliveries if _path(each).rstrip("/").rpartition("/")[2] == cluster]


def delivering(deliveries: list[SideObject], files: Iterable[str]) -> list[SideObject]:
    """Those whose path holds one of the files; of several, one within the other, the innermost."""
    found: dict[str, SideObject] = {}
    paths = {f"/{_path(each).strip('./')}/": each for each in deliveries if _path(each)}
    for file in files:
        around = [path for path in paths if path in f"/{file}"]
        if around:
            innermost = max(around, key=len)
            found[innermost] = paths[innermost]
    return [each for path, each in paths.items() if path in found]


def _path(delivery: SideObject) -> str:
    own = spec(delivery.document)
    source = a_map(own.get("source"))
    return str(own.get("path") or source.get("path") or "")


def a_map(value: Any) -> Mapping[str, Any]:
    """A map; empty for anything else. A side may come from anywhere, and hold anything."""
    return value if isinstance(value, Mapping) else {}


def maps(value: Any) -> list[Mapping[str, Any]]:
    """The maps of a list; none for anything else."""
    return [each for each in value if isinstance(each, Mapping)] if isinstance(value, list | tuple) else []


def listed(value: Any) -> list[Any]:
    """A list; empty for anything else."""
    return value if isinstance(value, list) else []


def number(value: Any, default: int) -> int:
    """A whole number; the default for anything else."""
    return value if isinstance(value, int) and not isinstance(value, bool) else default


def is_missing(value: Any) -> bool:
    """Whether there is no value or null."""
    return value is MISSING or value is None
