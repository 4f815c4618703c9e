"""What a cluster goes through when a change is merged: its effects put together."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from pggitops.plan.effects import facts
from pggitops.plan.effects.context import Context
from pggitops.plan.effects.table import rows
from pggitops.plan.model import ClusterPlan, Effect, EffectKind, Risk, SideObject

NOW = frozenset(EffectKind) - {EffectKind.SILENT, EffectKind.BLOCKED, EffectKind.REFUSED, EffectKind.NONE}
"""Kinds of effects that happen when the change is applied; of the others only words stay."""

_TWO_ROLLS = "wal-volume-removed"
_MINUTES = frozenset(
    [EffectKind.OUTAGE, EffectKind.FAILOVER, EffectKind.PGBOUNCER_RESTART, EffectKind.REPO_HOST_RESTART]
)
_FOR_EVER = (EffectKind.DATA_LOSS, EffectKind.REFUSED, EffectKind.BLOCKED)
_NO_WRITES = frozenset(["paused", "upgrade-added", "upgrade-started", "standby-enabled", "patroni-standby-cluster"])
_ALL_GONE = frozenset(
    [
        "cluster-removed",
        "cluster-removed-with-volumes",
        "cluster-renamed",
        "paused",
        "namespace-removed",
        "namespace-renamed",
    ]
)
_REBUILT = frozenset(["instance-set-renamed-alone", "instance-set-replaced"])
_STUCK = frozenset(["major-changed", "image-of-another-major"])
"""Rules of a roll whose first pod never comes back; a primary with replicas is the last, and goes on."""
_DOWN = "none until it is mended"
_RESTORES = frozenset(
    ["data-source-on-running", "data-source-changed", "restore-requested", "restore-in-resource", "restore-added"]
)


def of(environment: str, cluster: str, effects: Iterable[Effect], context: Context) -> ClusterPlan:
    """The plan of one cluster, or of what belongs to the environment (`cluster` empty)."""
    found = tuple(effects)
    happening = [each for each in found if each.kind in NOW]
    rolls = _rolls(happening, context)
    return ClusterPlan(
        environment=environment,
        cluster=cluster,
        effects=found,
        pod_restarts=_pods(happening, rolls, context),
        switchovers=_switchovers(happening, rolls, context),
        writes=_writes(happening, rolls, context),
        reads=_reads(happening, rolls, context),
        duration=_duration(found, rolls),
        revertible=_revertible(found),
        by_hand=tuple(dict.fromkeys(_by_hand(found))),
        during_backup=_during_backup(happening, rolls, context),
        delivery=tuple(dict.fromkeys(_delivery(found, context))),
    )


# ---- pods ----


def _rolls(happening: Sequence[Effect], context: Context) -> dict[str, int]:
    """How often each set's instances are made anew; several causes are one roll."""
    sets = facts.sets(context.new) or facts.sets(context.old)
    rolls: dict[str, int] = {}
    for each in happening:
        row = rows()[each.rule]
        times = 2 if each.rule == _TWO_ROLLS else 1
        names = list(sets) if "instances" in row.rolls else _set_of(each) if "set" in row.rolls else []
        for name in names:
            rolls[name] = max(rolls.get(name, 0), times)
    return {name: times for name, times in rolls.items() if name in sets}


def _set_of(effect: Effect) -> list[str]:
    return list({str(each.path[2]) for each in effect.changes if each.path[:2] == ("spec", "instances")})


def _has(happening: Sequence[Effect], pods: str) -> bool:
    return any(pods in rows()[each.rule].rolls for each in happening)


def _pods(happening: Sequence[Effect], rolls: dict[str, int], context: Context) -> int:
    if any(each.rule == "paused" for each in happening):
        return 0
    if _is_stuck(happening):
        return 1
    sets = facts.sets(context.new) or facts.sets(context.old)
    count = sum(sets[name] * times for name, times in rolls.items())
    count += facts.poolers(context) if _has(happening, "pgbouncer") else 0
    return count + (1 if _has(happening, "repo-host") and facts.has_repo_host(context.either) else 0)


def _switchovers(happening: Sequence[Effect], rolls: dict[str, int], context: Context) -> int:
    """One for each roll that has the primary in it; of several sets any may have it."""
    if _is_stuck(happening):
        return 0
    asked = sum(each.rule == "switchover-requested" for each in happening)
    return asked + (max(rolls.values(), default=0) if facts.instances(context) > 1 else 0)


def _is_stuck(happening: Sequence[Effect]) -> bool:
    return any(each.rule in _STUCK for each in happening)


# ---- connections ----


def _writes(happening: Sequence[Effect], rolls: dict[str, int], context: Context) -> str:
    kinds = {each.kind for each in happening}
    rules = {each.rule for each in happening}
    if rules & (_NO_WRITES | _ALL_GONE):
        return "none any more"
    if rules & (_REBUILT | _RESTORES):
        return "none until the instances are rebuilt"
    if _is_stuck(happening):
        return "go on while the primary stays up, without this replica" if facts.instances(context) > 1 else _DOWN
    if EffectKind.OUTAGE in kinds and facts.instances(context) <= 1:
        return "none until the only instance is back"
    if facts.is_standby(context.old) and facts.is_standby(context.new):
        return ""
    said = []
    if rolls and facts.instances(context) > 1:
        said.append(f"interrupted for seconds by {_times(_switchovers(happening, rolls, context), 'switchover')}")
    if EffectKind.PG_RESTART in kinds:
        said.append("interrupted for seconds while the primary restarts in place")
    if EffectKind.FAILOVER in kinds:
        said.append("interrupted until another instance has taken over")
    if rules & {"pgbouncer-removed", "pgbouncer-scaled-to-none", "cr-version-loses-pooler"}:
        said.append("cut off behind PgBouncer")
    elif EffectKind.PGBOUNCER_RESTART in kinds or _has(happening, "pgbouncer"):
        said.append("connections through PgBouncer drop once")
    return "; ".join(said)


def _reads(happening: Sequence[Effect], rolls: dict[str, int], context: Context) -> str:
    kinds = {each.kind for each in happening}
    rules = {each.rule for each in happening}
    if rules & _ALL_GONE:
        return "none any more"
    if rules & (_REBUILT | _RESTORES):
        return "none until the instances are rebuilt"
    if _is_stuck(happening):
        return "one replica fewer until it is mended" if facts.instances(context) > 1 else _DOWN
    if EffectKind.OUTAGE in kinds and facts.instances(context) <= 1:
        return "none until the only instance is back"
    if rolls:
        return "each instance drops its connections once" if max(rolls.values()) == 1 else "dropped twice"
    return "each instance drops its connections once" if EffectKind.PG_RESTART in kinds else ""


def _times(count: int, noun: str) -> str:
    return f"{count} {noun}" + ("" if count == 1 else "s")


# ---- time, and back again ----


def _duration(effects: Sequence[Effect], rolls: dict[str, int]) -> str:
    """The longest: `for ever` where something stays as it is until somebody does something about it."""
    rules = {each.rule for each in effects}
    if any(each.kind in _FOR_EVER and each.risk >= Risk.HIGH for each in effects) or rules & (_ALL_GONE | _STUCK):
        return "for ever"
    if rules & (_REBUILT | _RESTORES | {"instance-set-added", "replicas-up", "upgrade-started"}):
        return "hours"
    kinds = {each.kind for each in effects}
    if rolls or kinds & _MINUTES:
        return "minutes"
    return "seconds" if kinds - {EffectKind.NONE, EffectKind.SILENT} else ""


def _revertible(effects: Sequence[Effect]) -> str:
    """Why a revert does not undo it, worst first."""
    return "; ".join(dict.fromkeys(f"{each.rule}: {each.undo}" for each in effects if each.undo))


def _by_hand(effects: Sequence[Effect]) -> Iterator[str]:
    for each in effects:
        if rows()[each.rule].by_hand:
            yield rows()[each.rule].by_hand


def _during_backup(happening: Sequence[Effect], rolls: dict[str, int], context: Context) -> str:
    said = dict.fromkeys(row.backup for each in happening if (row := rows()[each.rule]).backup)
    if _is_stuck(happening) and facts.instances(context) > 1:
        return ""
    if not said and (rolls or any(each.kind is EffectKind.PG_RESTART for each in happening)):
        return "a backup that runs breaks off when its primary restarts; the next one of the schedule makes up for it"
    return "; ".join(said)


# ---- engines ----


def _delivery(effects: Sequence[Effect], context: Context) -> Iterator[str]:
    """What each engine will do, by the delivery objects as they are after the change."""
    deliveries = facts.engines(context.new_objects.values())
    files = {change.file for each in effects for change in each.changes}
    own = facts.delivering(deliveries, files)
    if not own and context.name:
        own = facts.of_cluster(deliveries, context.name)
    gone = {one.file for each in effects for one in each.changes if not one.path and one.kind == "removed"}
    emptied = facts.delivering(deliveries, gone) or (own if gone else [])
    for delivery in own:
        yield _applies(delivery)
        if delivery in emptied:
            yield _prunes(delivery, context)


def _applies(delivery: SideObject) -> str:
    spec = facts.spec(delivery.document)
    name = delivery.key.name
    if delivery.key.kind == "Kustomization":
        if spec.get("suspend"):
            return f"Flux: {name} is suspended and waits until somebody resumes it"
        return f"Flux: {name} applies it within {spec.get('interval', 'its interval')}, and writes over changes by hand"
    automated = facts.a_map(spec.get("syncPolicy")).get("automated")
    if not isinstance(automated, dict) or automated.get("enabled") is False:
        return f"Argo CD: {name} waits until somebody syncs it"
    heal = "takes changes by hand back" if automated.get("selfHeal") else "leaves changes by hand alone"
    return f"Argo CD: {name} applies it by itself, and {heal}"


def _prunes(delivery: SideObject, context: Context) -> str:
    engine = "Flux" if delivery.key.kind == "Kustomization" else "Argo CD"
    if not facts.prunes(delivery):
        return f"{engine}: {delivery.key.name} does not prune: what left Git stays until somebody deletes it"
    guarded = facts.is_guarded(context.old)
    return f"{engine}: {delivery.key.name} deletes what left Git" + (", but not what is guarded" if guarded else "")
