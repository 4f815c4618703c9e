"""What effects do to each other: masks, one roll for many causes, one instance instead of several."""

from __future__ import annotations

from collections.abc import Callable

from pggitops.plan.effects import facts
from pggitops.plan.effects.context import Context
from pggitops.plan.effects.drafts import Draft
from pggitops.plan.model import EffectKind, Risk

ROLLING = (EffectKind.ROLLING_RESTART,)
_OF_PODS = (
    EffectKind.RELOAD,
    EffectKind.SQL,
    EffectKind.PG_RESTART,
    EffectKind.ROLLING_RESTART,
    EffectKind.PGBOUNCER_RESTART,
    EffectKind.REPO_HOST_RESTART,
    EffectKind.FAILOVER,
    EffectKind.OUTAGE,
)
_NEVER_MASKED = frozenset(
    ["unmanaged", "managed-again", "paused", "resumed", "metadata-changed", "guard-removed", "guard-added"]
)


def combined(found: list[Draft], context: Context) -> list[Draft]:
    """The drafts, each with what the others and the state of the cluster make of it."""
    for step in (_major, _one_roll, _single, _standby, _paused, _blocked, _unmanaged):
        step(found, context)
    return found


def _major(found: list[Draft], _: Context) -> None:
    """The image of the version that is written besides is the same mistake, told once."""
    rules = {one.row.id for one in found}
    for one in found:
        if one.row.id == "image-of-another-major" and "major-changed" in rules:
            one.instead = "the other half of major-changed"


def _one_roll(found: list[Draft], context: Context) -> None:
    """Parameters that need a restart take effect with the new pods, where all instances are made anew anyway."""
    rolls = sorted((one for one in found if rolls_all(one, context)), key=lambda one: (-one.risk, -len(one.row.rolls)))
    if not rolls:
        return
    cause = rolls[0].row.id
    for one in found:
        if one.kind is EffectKind.PG_RESTART:
            one.kind = EffectKind.ROLLING_RESTART
            _absorb(
                one, f"with the rolling restart that {cause} causes; the primary may restart in place before its turn"
            )
    for one in found:
        if one in rolls[1:] or (one is not rolls[0] and one.row.id == "pgbouncer-template"):
            _joined(one, rolls[0])


def _joined(one: Draft, cause: Draft) -> None:
    """What only makes the same pods anew says so in place of telling it all again."""
    if one.row.says.endswith(": {roll}") and set(one.row.rolls) <= set(cause.row.rolls):
        one.more["roll"] = f"in the same restart of pods as {cause.row.id}"
    elif "instances" in one.row.rolls or "set" in one.row.rolls:
        one.suffix = f"; the same rolling restart as {cause.row.id}"


def _absorb(one: Draft, words: str) -> None:
    """A parameter only waits for the new pods; of others the row says more that still holds."""
    if "parameters" in one.differences[0].path:
        one.instead = f"taken up {words}"
    else:
        one.suffix = f"; {words}"


def rolls_all(one: Draft, context: Context) -> bool:
    """Whether an effect makes every instance's pod anew."""
    if one.kind not in (EffectKind.ROLLING_RESTART, EffectKind.FAILOVER) or one.object.kind != "PerconaPGCluster":
        return False
    return "instances" in one.row.rolls or ("set" in one.row.rolls and len(facts.sets(context.either)) == 1)


def _single(found: list[Draft], context: Context) -> None:
    """With one instance nothing takes over: what restarts it is an outage."""
    if facts.instances(context) != 1 or context.old is None:
        return
    for one in found:
        if one.kind is EffectKind.ROLLING_RESTART and one.row.id != "resumed":
            one.kind, one.risk = EffectKind.OUTAGE, max(one.risk, Risk.HIGH)
        elif one.kind is EffectKind.PG_RESTART:
            one.kind = EffectKind.OUTAGE
            one.suffix = "; it is the only instance, so that nobody can connect for these seconds"


def _paused(found: list[Draft], context: Context) -> None:
    """Of a cluster without pods nothing restarts; its volumes and Services are still the operator's to change."""
    if context.new is not None and facts.spec(context.new).get("pause") is True:
        _mask(
            found,
            lambda one: one.kind in _OF_PODS,
            EffectKind.SILENT,
            "nothing now, the cluster is paused; when it starts: ",
        )


def _standby(found: list[Draft], context: Context) -> None:
    """No SQL runs in a standby: it has nobody who writes (reconcilePostgresUsersInPostgreSQL asks for one)."""
    states = [facts.is_standby(one) for one in (context.old, context.new)]
    if all(states):
        prefix = "nothing while the cluster is a standby; once it is promoted: "
        _mask(found, lambda one: one.kind is EffectKind.SQL, EffectKind.SILENT, prefix)


def _blocked(found: list[Draft], context: Context) -> None:
    """Where an early step of the operator fails, every later one waits."""
    blocking = [one for one in found if one.kind is EffectKind.BLOCKED and one.object.kind == "PerconaPGCluster"]
    if not blocking:
        return
    causes = {id(one) for one in blocking}
    prefix = f"not before {blocking[0].row.id} is mended: "
    _mask(
        found,
        lambda one: id(one) not in causes and one.kind not in (EffectKind.NONE, EffectKind.SILENT),
        EffectKind.BLOCKED,
        prefix,
    )


def _unmanaged(found: list[Draft], context: Context) -> None:
    """An operator that has let go applies nothing; what was changed meanwhile comes all at once later."""
    if context.new is None or facts.spec(context.new).get("unmanaged") is not True:
        return
    _mask(found, lambda one: one.kind is not EffectKind.NONE, EffectKind.SILENT, "nothing while unmanaged; then: ")


def _mask(found: list[Draft], masked: Callable[[Draft], bool], kind: EffectKind, prefix: str) -> None:
    """Say of effects of the resource that they do not come now; the risk of what destroys stays as it is."""
    for one in found:
        is_operators = one.object.kind == "PerconaPGCluster" and one.differences[0].path
        if not is_operators or one.row.id in _NEVER_MASKED or not masked(one):
            continue
        if one.kind is not EffectKind.DATA_LOSS:
            one.risk = min(one.risk, Risk.HIGH if one.risk is Risk.CRITICAL else Risk.MEDIUM)
        one.kind = kind
        one.prefix = prefix
