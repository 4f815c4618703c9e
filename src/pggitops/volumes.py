"""The volumes a rendered resource asks for."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from pggitops import sizing
from pggitops.findings import Path
from pggitops.record import record
from pggitops.remember import once


@record
class Claim:
    """A volume: what for, of which instance set or repository, bytes, class; `path` leads to its size."""

    what: str
    name: str
    size: float
    storage_class: str | None
    path: Path


@once
def of(resource: Mapping[str, Any]) -> list[Claim]:
    """Every volume with a size that can be read: of the instance sets, then of the repositories."""
    return [claim for claim in _claims(resource) if claim.size]


@once
def distinct(resource: Mapping[str, Any]) -> list[Claim]:
    """The volumes, those that are alike in several sets once."""
    found: dict[tuple[str, float, str | None], Claim] = {}
    for claim in of(resource):
        found.setdefault((claim.what, claim.size, claim.storage_class), claim)
    return list(found.values())


@once
def smallest_for_wal(resource: Mapping[str, Any]) -> Claim | None:
    """The smallest volume that holds write-ahead log: parameters are the same for all instances."""
    found = {}
    for claim in of(resource):
        # the WAL volume of a set comes after its data volume
        if claim.what in ("data volume", "WAL volume"):
            found[claim.name] = claim
    return min(found.values(), key=lambda claim: claim.size, default=None)


@once
def kept(resource: Mapping[str, Any]) -> dict[str, float]:
    """The parameters by which write-ahead log stays, of this major, each with its bytes."""
    version = resource["spec"]["postgresVersion"]
    names = ("max_wal_size", "wal_keep_size", "max_slot_wal_keep_size") if version >= 13 else ("max_wal_size",)
    return {name: sizing.memory(resource, name) for name in names}


def _claims(resource: Mapping[str, Any]) -> Iterator[Claim]:
    for path, instance_set in sizing.instance_sets(resource):
        name = str(instance_set.get("name", ""))
        for word, what in (("dataVolumeClaimSpec", "data volume"), ("walVolumeClaimSpec", "WAL volume")):
            if spec := instance_set.get(word):
                yield _claim(what, name, spec, (*path, word))
        for index, tablespace in enumerate(instance_set.get("tablespaceVolumes") or ()):
            spec = tablespace["dataVolumeClaimSpec"]
            at = (*path, "tablespaceVolumes", index, "dataVolumeClaimSpec")
            yield _claim(f"tablespace {tablespace['name']}", name, spec, at)
    pgbackrest = (resource["spec"].get("backups") or {}).get("pgbackrest") or {}
    for index, repo in enumerate(pgbackrest.get("repos") or ()):
        if spec := (repo.get("volume") or {}).get("volumeClaimSpec"):
            at = ("spec", "backups", "pgbackrest", "repos", index, "volume", "volumeClaimSpec")
            yield _claim("repository volume", str(repo.get("name", "")), spec, at)


def _claim(what: str, name: str, spec: Mapping[str, Any], path: Path) -> Claim:
    requests = (spec.get("resources") or {}).get("requests") or {}
    size = sizing.amount(requests["storage"]) if "storage" in requests else None
    return Claim(what, name, size or 0, spec.get("storageClassName"), (*path, "resources", "requests", "storage"))
