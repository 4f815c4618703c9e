"""What changes do to what runs: `of` asks one table, and looks at who reaches whom on both sides.

A row of `rows/*.yaml` is about a kind of object, a pattern of paths, a kind of change and what surrounds it
(`predicates.py`). `differences.py` puts changes beneath something wholly new or gone together, `combine.py` says what
effects do to each other, `reach.py` compares the networks.
"""

from __future__ import annotations

from collections.abc import Iterable

from pggitops.plan.effects import facts
from pggitops.plan.effects.combine import combined
from pggitops.plan.effects.context import Context
from pggitops.plan.effects.differences import Difference, differences
from pggitops.plan.effects.drafts import drafts, finished
from pggitops.plan.effects.table import rows
from pggitops.plan.model import Change, Effect

__all__ = ["Context", "of"]


def of(changes: Iterable[Change], context: Context) -> list[Effect]:
    """The effects of one cluster's changes, or of those that belong to no cluster; the worst first.

    Every change is in at least one effect.
    """
    networks: list[Difference] = []
    others: list[Difference] = []
    for each in differences(changes, context):
        (networks if each.object[1:3] == facts.NETWORK_POLICY else others).append(each)
    found = combined(drafts(others, context), context)
    if networks:
        from pggitops.plan.effects.reach import network_drafts  # few changes are of networks

        found += network_drafts(networks, context)
    effects = [finished(one, context) for one in found]
    return sorted(effects, key=_rank)


def _rank(effect: Effect) -> tuple[int, bool, int, str, str]:
    """The worst first; of equally bad ones those of the cluster itself, and of these what makes the most pods anew."""
    is_beside = effect.changes[0].object.kind != "PerconaPGCluster"
    return -effect.risk, is_beside, -len(rows()[effect.rule].rolls), effect.rule, effect.message
