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
    could say a word that it must have: policies see the object, and no cluster. The `version` is the operator's;
    `is_guessed` where nobody says that one.
    """

    namespace: str
    version: str
    is_guessed: bool = False
    objects: dict[str, Source] = field(default_factory=dict)
    sound: dict[str, str] = field(default_factory=dict)
    broken: set[str] = field(default_factory=set)
    unsaid: dict[str, str] = field(default_factory=dict)
    origins: dict[str, dict[Steps, Steps]] = field(default_factory=dict)

    @property
    def has_cluster(self) -> bool:
        """Whether there is a cluster, with errors or without."""
        return any(is_cluster(source.document) for source in self.objects.values())


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
            versions = [each for each in (asked(source.document) for source in chosen) if each]
            known = version or _version(versions)
            groups.append(Group(namespace, known, version is None and known not in versions, named))
    return groups


def is_cluster(document: Mapping[str, Any]) -> bool:
    is_one: bool = document["kind"] == CLUSTER and document["apiVersion"].startswith(f"{OPERATOR_GROUP}/")
    return is_one


def _version(versions: Iterable[str]) -> str:
    """The newest operator that one of them asks for."""
    return max(map(_nearest, versions), key=operators.number, default=operators.versions()[-1])


def asked(document: Mapping[str, Any]) -> str | None:
    """The crVersion of a cluster; None where there is none that is text, and of any other object."""
    spec = document.get("spec")
    version = spec.get("crVersion") if is_cluster(document) and isinstance(spec, dict) else None
    return version if isinstance(version, str) and version else None


def _nearest(version: str) -> str:
    """The known operator version that is, or comes closest to, the one a resource names."""
    known = operators.versions()
    try:
        wanted = operators.number(version)
    except ValueError:
        return known[-1]
    return next((each for each in known if operators.number(each) >= wanted), known[-1])
