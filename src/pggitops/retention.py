"""How far back a cluster can be restored, how many backups a repository keeps, and how much room they take."""

from __future__ import annotations

import functools
import math

from pggitops.cron import Times, times
from pggitops.model import Cluster, Repo
from pggitops.units import quantity

KINDS = ("full", "differential", "incremental")


def schedules(repo: Repo) -> tuple[tuple[str, str, Times], ...]:
    """Each schedule of a repository that the operator can use: its kind, its text, and when it fires."""
    own = repo.schedules
    return _usable(own.full, own.differential, own.incremental)


@functools.lru_cache(maxsize=1024)
def _usable(*texts: str | None) -> tuple[tuple[str, str, Times], ...]:
    every = [(kind, text, times(text)) for kind, text in zip(KINDS, texts, strict=True) if text]
    return tuple([(kind, text, fires) for kind, text, fires in every if fires])


def fulls(repo: Repo) -> Times | None:
    """When full backups are made, if they are."""
    return times(repo.schedules.full) if repo.schedules.full else None


def window_days(repo: Repo) -> float:
    """How many days back a restore from a repository always reaches: infinite without retention, 0 without backups.

    By count, the oldest of N full backups is N-1 intervals old when the newest is done and the one before it is
    expired. By time, pgBackRest keeps one full backup that is as old as it is told (its manual, "retention-full-type").
    """
    made, kept = fulls(repo), repo.retention.full
    if made is None:
        return 0
    if kept is None:
        return math.inf
    if isinstance(kept, str):
        return int(kept.removesuffix("d"))
    return (kept - 1) * made.shortest_minutes / 1440


def kept_fulls(repo: Repo) -> int | None:
    """The most full backups that lie in a repository between two; None if there is no end or there are none."""
    made, kept = fulls(repo), repo.retention.full
    if made is None or kept is None:
        return None
    if isinstance(kept, str):
        return math.ceil(int(kept.removesuffix("d")) / (made.shortest_minutes / 1440)) + 1
    return kept


def data_bytes(cluster: Cluster) -> int:
    """The most a full backup reads: the volumes of one instance without its write-ahead log's."""
    return max(
        int(quantity(each.storage) + sum(quantity(space.storage) for space in each.tablespaces.values()))
        for each in cluster.instances.all
    )


def in_gib(size: float) -> str:
    """Bytes as people write them, rounded up: `15Gi`."""
    return f"{math.ceil(size / 2**30)}Gi"
