"""Objects by namespace: what is judged together, and as of which operator."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import field
from typing import Any

from pggitops import operators
from pggitops.findings import dotted
from pggitops.record import mutable
from pggitops.unrendered.files import Source

CLUSTER = "PerconaPGCluster"
OPERATOR_GROUP = "pgv2.percona.com"

Steps = tuple[str | int, ...]


@mutable
class Group:
    """The objects of one namespace, by what a violation calls them; `sound` are the clusters without errors.

    Those with errors, clusters or not, are `broken`, and no policy sees them. Of those that are `unsaid` no overlay
    could say a word that it must have: policies see the object, and no cluster.
    """

    namespace: str
    version: str
    objects: dict[str, Source] = field(default_factory=dict)
    sound: dict[str, str] = field(default_factory=dict)
    broken: set[str] = field(default_factory=set)
    unsaid: dict[str, str] = field(default_factory=dict)
    origins: dict[str, dict[Steps, Steps]] = field(default_factory=dict)


def groups(objects: Iterable[Source], version: str | None) -> list[Group]:
    """The objects by namespace. Clusters of one name there are of different groups, each with all other objects."""
    by_namespace: dict[str, list[Source]] = {}
    for source in objects:
        namespace = str(source.document["metadata"].get("namespace") or "")
        by_namespace.setdefault(namespace, []).append(source)
    groups = []
    for namespace, own in by_namespace.items():
        rounds: list[dict[str, Source]] = [{}]
        for source in (each for each in own if is_cluster(each.document)):
            name = source.document["metadata"]["name"]
            free = next((clusters for clusters in rounds if name not in clusters), None)
            if free is None:
                rounds.append({name: source})
            else:
                free[name] = source
        for clusters in rounds:
            chosen = [each for each in own if not is_cluster(each.document) or each in clusters.values()]
            named = {f"{each.file}#{each.number}.{dotted(each.prefix)}": each for each in chosen}
            groups.append(Group(namespace, version or _version(chosen), named))
    return groups


def is_cluster(document: Mapping[str, Any]) -> bool:
    is_one: bool = document["kind"] == CLUSTER and document["apiVersion"].startswith(f"{OPERATOR_GROUP}/")
    return is_one


def _version(objects: Iterable[Source]) -> str:
    """The newest operator that a crVersion among them asks for."""
    asked = [_nearest(str(each.document["spec"].get("crVersion"))) for each in objects if _has_version(each.document)]
    return max(asked, key=operators.number, default=operators.versions()[-1])


def _has_version(document: Mapping[str, Any]) -> bool:
    spec = document.get("spec")
    return is_cluster(document) and isinstance(spec, dict) and isinstance(spec.get("crVersion"), str)


def _nearest(version: str) -> str:
    """The known operator version that is, or comes closest to, the one a resource names."""
    known = operators.versions()
    try:
        wanted = operators.number(version)
    except ValueError:
        return known[-1]
    return next((each for each in known if operators.number(each) >= wanted), known[-1])
