"""What follows for a cluster from its effects."""

from __future__ import annotations

from collections.abc import Sequence

from pggitops.plan.effects.context import Context
from pggitops.plan.model import ClusterPlan, Effect


def of(environment: str, cluster: str, effects: Sequence[Effect], context: Context) -> ClusterPlan:
    """The plan of one cluster, or of what belongs to none."""
    return ClusterPlan(environment, cluster, tuple(effects))
