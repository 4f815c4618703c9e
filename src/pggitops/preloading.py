"""Libraries that the server loads when it starts, and which extensions cannot do without.

The operator appends those of its built-in extensions to the resource's own list (internal/patroni/config.go). A library
that is not in the image keeps the server from starting ("could not access file").
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from pggitops import parameters

BUILTIN = {"pg_stat_monitor": "pg_stat_monitor", "pg_stat_statements": "pg_stat_statements", "pgaudit": "pg_audit"}
"""Library → the built-in extension that brings it; a parameter's prefix is the library's name."""

NEEDED = {
    **{name: name for name in (*BUILTIN, "citus", "credcheck", "pg_failover_slots", "pg_qualstats", "pg_squeeze")},
    **{name: name for name in ("pg_stat_kcache", "pg_tde", "pg_wait_sampling", "pglogical", "set_user", "timescaledb")},
    "cron": "pg_cron",
    "pg_cron": "pg_cron",
    "pg_audit": "pgaudit",
}
"""Extension, or prefix of parameters, → the library it needs (each one's README or `_PG_init`)."""

PREFIXES = {**NEEDED, **{name: name for name in ("auth_delay", "auto_explain", "passwordcheck", "pg_prewarm")}}
"""Prefix of parameters → the library that reads them."""

_OTHERS = (
    "basic_archive decoderbufs orafce percona_pg_telemetry pg_hint_plan pg_ivm pg_partman_bgw pg_repack pg_show_plans "
    "pg_tle pgextwlist pgnodemx plpgsql plpgsql_check plprofiler postgis-3 powa safeupdate sepgsql supautils vector "
    "wal2json"
)
KNOWN = frozenset([*PREFIXES.values(), *_OTHERS.split()])
"""Libraries by their names, for a slip in one to be seen."""

MISTAKEN = {"pg_audit": "pgaudit", "pg_partman": "pg_partman_bgw", "cron": "pg_cron", "pgcron": "pg_cron"}
"""Names of extensions that are no library's."""

LISTS = ("shared_preload_libraries", "session_preload_libraries", "local_preload_libraries")


def written(resource: Mapping[str, Any], *keys: str) -> list[str]:
    """The libraries in the resource's own lists."""
    own = parameters.of(resource)
    texts = [str(own[key]) for key in keys if key in own]
    return [name for text in texts for each in text.split(",") if (name := _library(each))]


def loaded(resource: Mapping[str, Any]) -> set[str]:
    """The libraries that are loaded at start or in every session, the operator's too."""
    builtin = (resource["spec"].get("extensions") or {}).get("builtin") or {}
    return {*written(resource, *LISTS), *(library for library, word in BUILTIN.items() if builtin.get(word))}


def _library(text: str) -> str:
    return text.strip().strip("\"'").removeprefix("$libdir/").removesuffix(".so")
