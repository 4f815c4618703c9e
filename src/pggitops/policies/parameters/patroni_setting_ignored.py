"""A patch sets something of Patroni's that is not read, or is overwritten.

## Why

The dynamic configuration is free-form: the CRD takes any name, and Patroni ignores those it does not know
(`global_config.py` of 4.1.3), so a slip leaves the default in force. The operator writes `ttl` and `loop_wait` from
`leaderLeaseDurationSeconds` and `syncPeriodSeconds`, always switches pg_rewind on, and reads `standby_cluster` only
where `standby` is enabled (`internal/patroni/config.go`). Server parameters belong below `postgresql.parameters`.

## How to fix

Write the name as Patroni spells it. For the times use `postgres.leaderLease` and `postgres.sync`, for a standby
`standby`, for parameters `postgres.parameters`.
"""

from collections.abc import Iterator
from typing import Any

from pggitops import parameters
from pggitops.findings import Severity, Violation, did_you_mean
from pggitops.model import Cluster
from pggitops.policies import Facts

severity = Severity.ERROR
about = {"words": ("patch",)}

AT = parameters.AT[:3]
OVERWRITTEN = {"loop_wait": "postgres.sync", "ttl": "postgres.leaderLease"}
KNOWN = frozenset([
    "check_timeline", "failsafe_mode", "ignore_slots", "loop_wait",
    "master_start_timeout", "master_stop_timeout", "max_timelines_history", "maximum_lag_on_failover",
    "maximum_lag_on_syncnode", "member_slots_ttl", "pause", "permanent_replication_slots",
    "permanent_slots", "postgresql", "primary_start_timeout", "primary_stop_timeout",
    "retry_timeout", "slots", "standby_cluster", "synchronous_mode",
    "synchronous_mode_strict", "synchronous_node_count", "ttl",
])  # fmt: skip


def check_cluster(facts: Facts, cluster: Cluster) -> Iterator[Violation]:
    name, resource = facts.resource(cluster)
    own: Any = (resource.document["spec"].get("patroni") or {}).get("dynamicConfiguration") or {}
    for key in own:
        if key in OVERWRITTEN:
            message, fix = f"{key} is overwritten by the operator", f"Write `{OVERWRITTEN[key]}` instead."
        elif key == "standby_cluster" and not (cluster.standby and cluster.standby.enabled):
            message, fix = "standby_cluster makes a standby of which the operator does not know", "Write `standby`."
        elif key not in KNOWN:
            is_parameter = parameters.parameter(key, cluster.postgres.version) is not None
            message = f"Patroni does not read {key}{'' if is_parameter else did_you_mean(key, KNOWN)}"
            fix = "Move it to `postgres.parameters`." if is_parameter else "Correct it, or remove it."
        else:
            continue
        yield Violation(message, fix, (*AT, key), manifest=name, at_key=True)
    if (own.get("postgresql") or {}).get("use_pg_rewind") is False:
        path = (*AT, "postgresql", "use_pg_rewind")
        yield Violation("the operator switches pg_rewind on in any case", "Remove it.", path, manifest=name)
