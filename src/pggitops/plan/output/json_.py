"""JSON: `version` 1, in the form of `schemas/plan.schema.json`; one cluster a line."""

from __future__ import annotations

import json
from typing import Any, TextIO

from pggitops.output.json_ import finding_json, write_list
from pggitops.plan.model import MISSING, Change, ClusterPlan, Effect, Plan
from pggitops.plan.output.view import View, counts, is_secret, worst

VERSION = 1


def write(plan: Plan, view: View, output_format: str, stream: TextIO) -> None:
    """The plan as one JSON object in ASCII. Documents as wholes, and what Secrets hold, are left out."""
    head = {"version": VERSION, "base": plan.base, "head": plan.head, "notes": plan.notes, "worst": _worst(plan)}
    stream.write(f'{json.dumps(head)[:-1]}, "clusters": ')
    write_list(map(_cluster, plan.clusters), stream)
    stream.write(', "findings": ')
    write_list(map(finding_json, plan.findings), stream)
    stream.write(f', "summary": {json.dumps(counts(plan))}}}\n')


def _worst(plan: Plan) -> dict[str, str] | None:
    found = worst(plan)
    if found is None:
        return None
    cluster, effect = found
    return {
        "effect": str(effect.kind),
        "risk": str(effect.risk),
        "environment": cluster.environment,
        "cluster": cluster.cluster,
    }


def _cluster(plan: ClusterPlan) -> dict[str, Any]:
    return {
        "environment": plan.environment,
        "cluster": plan.cluster,
        "risk": str(plan.risk),
        "podRestarts": plan.pod_restarts,
        "switchovers": plan.switchovers,
        "writes": plan.writes,
        "reads": plan.reads,
        "duration": plan.duration,
        "revertible": plan.revertible,
        "byHand": plan.by_hand,
        "duringBackup": plan.during_backup,
        "delivery": plan.delivery,
        "effects": [_effect(effect) for effect in plan.effects],
    }


def _effect(effect: Effect) -> dict[str, Any]:
    place = effect.place
    return {
        "rule": effect.rule,
        "effect": str(effect.kind),
        "risk": str(effect.risk),
        "message": effect.message,
        "why": effect.why,
        "source": effect.source,
        "steps": effect.steps,
        "undo": effect.undo,
        "accepted": effect.accepted,
        "file": place.file if place else "",
        "line": place.line if place else 0,
        "column": place.column if place else 0,
        "changes": [_change(change) for change in effect.changes],
    }


def _change(change: Change) -> dict[str, Any]:
    said = {
        "kind": str(change.kind),
        "object": change.object._asdict(),
        "path": list(change.path),
        "file": change.shown,
        "renamedFrom": change.renamed_from,
    }
    if change.path and not is_secret(change):
        said |= {side: value for side, value in (("old", change.old), ("new", change.new)) if value is not MISSING}
    return said
