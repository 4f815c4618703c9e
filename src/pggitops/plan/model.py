"""The words of a plan: objects of two sides, Change, Effect, ClusterPlan, Plan. Data only."""

from __future__ import annotations

import enum
from collections.abc import Mapping
from dataclasses import field
from typing import Any, NamedTuple

from pggitops.findings import Finding, Place
from pggitops.record import record


class Risk(enum.IntEnum):
    """How bad it may become; ordered, so that `max` and `>=` work."""

    LOW = 1
    MEDIUM = 2
    HIGH = 3
    CRITICAL = 4

    def __str__(self) -> str:
        return self.name.lower()


class EffectKind(enum.StrEnum):
    """What happens to what runs; a closed set."""

    NONE = "none"
    SQL = "sql"
    RELOAD = "reload"
    PG_RESTART = "pg-restart"
    ROLLING_RESTART = "rolling-restart"
    PGBOUNCER_RESTART = "pgbouncer-restart"
    REPO_HOST_RESTART = "repo-host-restart"
    RESIZE = "resize"
    REFUSED = "refused"
    SILENT = "silent"
    BLOCKED = "blocked"
    FAILOVER = "failover"
    OUTAGE = "outage"
    BACKUP_GAP = "backup-gap"
    DATA_LOSS = "data-loss"
    EXPOSURE = "exposure"
    SECURITY = "security"
    UNKNOWN = "unknown"
    """The table of effects does not know; never taken for none."""


class ObjectKey(NamedTuple):
    """What makes two objects the same one to the API server of a target."""

    target: str
    group: str
    kind: str
    namespace: str
    name: str


@record
class SideObject:
    """One object of one side. `file` is where it stands, from the repository's root; `given` where on the disk, if
    somebody named a folder that it is in, else empty.

    `environment` and `cluster` are the names in `environments/`, empty where no single one is concerned or known.
    """

    key: ObjectKey
    document: Mapping[str, Any]
    file: str
    environment: str = ""
    cluster: str = ""
    given: str = ""

    @property
    def shown(self) -> str:
        """The file as people find it."""
        return self.given or self.file


Side = Mapping[ObjectKey, SideObject]
"""All objects of a side that can differ from the other's."""


class _Missing(enum.Enum):
    MISSING = "missing"

    def __repr__(self) -> str:
        return "missing"


MISSING = _Missing.MISSING
"""No value at all, which is not null."""

Steps = tuple[str | int, ...]
"""A path in a manifest; an item of a keyed list (`x-kubernetes-list-type: map`, or one known to be keyed) is named by
its key: `("spec", "instances", "instance1", "replicas")`; of several keys by their values joined with `,`. An item of a
set is named by its value or, where it is a map, by its index on the side it stands on."""


class ChangeKind(enum.StrEnum):
    ADDED = "added"
    REMOVED = "removed"
    CHANGED = "changed"
    RENAMED = "renamed"
    """What was there has another name or place now: to the operator that is a removal and an addition."""


@record
class Change:
    """One difference. Of an object that is there on one side only, `path` is empty and the value its document.

    Where a default is taken in place of a value, that stands for it. Of a list of keyed items, or a set, that are in
    another order where that counts, `path` is the list's, and the values are the items' keys, or the items themselves.

    `renamed_from` is the old name (of an item of a keyed list, or of an object: `namespace/name`) where `kind` is
    RENAMED; `old` and `new` are then the whole items or documents.
    """

    kind: ChangeKind
    object: ObjectKey
    path: Steps
    old: Any = MISSING
    new: Any = MISSING
    environment: str = ""
    cluster: str = ""
    file: str = ""
    """Of the new side, or of the old where there is no new one."""
    renamed_from: str = ""
    given: str = ""
    """The same file on the disk, if somebody named a folder that it is in."""

    @property
    def shown(self) -> str:
        """The file as people find it."""
        return self.given or self.file


@record
class Effect:
    """What one or several changes do. `rule` is the id of the table's row, kebab-case.

    `message` says what happens, to how many pods, in words and values of the change; `why` the mechanism; `source` the
    file or document it is known from. `steps` is the id of the safe way (`plan/steps.yaml`), empty if there is none.
    `undo` says what reverting the pull request does; empty where a revert undoes it.
    """

    rule: str
    kind: EffectKind
    risk: Risk
    changes: tuple[Change, ...]
    message: str
    why: str
    source: str
    steps: str = ""
    undo: str = ""
    place: Place | None = None
    accepted: str = ""
    """The name of the `accept` entry that takes the risk."""


@record
class ClusterPlan:
    """What happens to one cluster, or to what belongs to an environment or the fleet (`cluster` empty).

    Counts are those of the change rolled out once; causes of one roll are counted once. `writes` and `reads` say how
    connections suffer, `duration` is a class (`seconds`, `minutes`, `hours`, `for ever`), `by_hand` what people do,
    `during_backup` what happens when merged while a backup runs, `delivery` what the GitOps engine will do.
    """

    environment: str
    cluster: str
    effects: tuple[Effect, ...]
    pod_restarts: int = 0
    switchovers: int = 0
    writes: str = ""
    reads: str = ""
    duration: str = ""
    revertible: str = ""
    """Empty if a revert undoes everything, else why not."""
    by_hand: tuple[str, ...] = ()
    during_backup: str = ""
    delivery: tuple[str, ...] = ()

    @property
    def risk(self) -> Risk:
        """The worst of its effects."""
        return max((effect.risk for effect in self.effects), default=Risk.LOW)


@record
class Plan:
    """The whole: clusters worst first, and what could not be compared."""

    base: str
    """The base in words: a commit, a folder, a file."""
    head: str
    clusters: tuple[ClusterPlan, ...]
    findings: tuple[Finding, ...] = ()
    """Problems of the plan itself: missing tombstones, unused acceptances, a base that fails its own checks."""
    notes: tuple[str, ...] = ()
    unchanged: int = 0
    hidden: Mapping[str, int] = field(default_factory=dict)
    """What is not shown, by reason."""
