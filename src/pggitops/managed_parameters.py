"""Which server parameters the operator and Patroni set themselves, whatever the resource says.

The operator (percona-postgresql-operator 2.8.2 to 3.0.0: internal/postgres/parameters.go, internal/pgstatmonitor,
internal/pgbackrest/postgres.go, internal/pgstatstatements) lays its own over them in internal/patroni/config.go.
Patroni 4.1.3 then keeps some to itself (postgresql/config.py: `CMDLINE_OPTIONS`, `build_recovery_params`,
`get_server_parameters`).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from pggitops import operators, parameters

_ALWAYS = {
    "archive_mode": "on",
    "ssl": "on",
    "ssl_ca_file": "/pgconf/tls/ca.crt",
    "ssl_cert_file": "/pgconf/tls/tls.crt",
    "ssl_key_file": "/pgconf/tls/tls.key",
    "unix_socket_directories": "/tmp/postgres",
    "archive_command": "pgBackRest's",
}
_PATRONI = {
    "cluster_name": "the cluster's",
    "hot_standby": "on",
    "listen_addresses": "the pod's",
    "port": "`spec.port`",
    "primary_conninfo": "the primary's",
    "primary_slot_name": "none",
}
MINIMUMS = {
    "max_connections": (25, "100"),
    "max_locks_per_transaction": (32, "64"),
    "max_replication_slots": (4, "10"),
    "max_wal_senders": (3, "10"),
    "max_worker_processes": (2, "8"),
    "wal_keep_size": (16, "128MB"),
}
"""Below the first, in base units, Patroni takes the second instead (`CMDLINE_OPTIONS`)."""


_SOMETIMES = frozenset(
    [
        *("wal_level", "track_commit_timestamp", "synchronous_standby_names", "pg_stat_statements.track"),
        *("pg_stat_monitor.pgsm_query_max_len", "pg_stat_monitor.pgsm_enable_overflow"),
    ]
)


def may_be_set(name: str) -> bool:
    """Whether somebody sets a parameter in some resource, under some version: of most nobody does."""
    return name in _ALWAYS or name in _PATRONI or name in _SOMETIMES or name.startswith("recovery_target")


def setter(name: str, resource: Mapping[str, Any], operator: str) -> tuple[str, str] | None:
    """Who sets a parameter of this resource under that version of the operator, and to what; None for nobody."""
    spec = resource["spec"]
    if name in _ALWAYS:
        return "the operator", _ALWAYS[name]
    if name in _PATRONI:
        return "Patroni", _PATRONI[name]
    if name.startswith("recovery_target"):
        return "Patroni", "the newest timeline's end"
    if name == "wal_level" and operators.number(operator) < (2, 9):
        return "the operator", "logical"
    if name == "track_commit_timestamp":
        return ("the operator", "on") if spec["backups"].get("trackLatestRestorableTime") is not False else None
    if name == "synchronous_standby_names":
        mode = ((spec.get("patroni") or {}).get("dynamicConfiguration") or {}).get("synchronous_mode")
        return ("Patroni", "the replica it chose") if mode else None
    return _of_extension(name, spec)


def _of_extension(name: str, spec: Mapping[str, Any]) -> tuple[str, str] | None:
    builtin = (spec.get("extensions") or {}).get("builtin") or {}
    if name == "pg_stat_statements.track" and builtin.get("pg_stat_statements"):
        return "the operator", "all"
    if name == "pg_stat_monitor.pgsm_query_max_len" and builtin.get("pg_stat_monitor"):
        return "the operator", "2048"
    if name == "pg_stat_monitor.pgsm_enable_overflow" and builtin.get("pg_stat_monitor"):
        return "the operator", "off"
    return None


def is_same(written: Any, value: str) -> bool:
    """Whether a written value says what is set anyway."""
    truth = parameters.truth(value)
    return parameters.truth(written) is truth if truth is not None else str(written) == value
