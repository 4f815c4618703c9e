"""PostgreSQL, of each cluster's own major, starts with the parameters that its cluster leads to, and has them."""

from __future__ import annotations

import re
from decimal import Decimal
from pathlib import Path
from typing import Any

import made_by_operator
import postgres
import pytest
import unprivileged

pytestmark = pytest.mark.real

CLUSTERS = made_by_operator.clusters()
# Libraries of the operator's images that cannot be had here; nothing is proved of their parameters.
NOT_HERE = {"pg_cron", "pg_stat_monitor", "pgaudit"}

# In what PostgreSQL counts (pg_settings.unit), and what its parameters may be written in.
BYTES = {"B": 1, "kB": 2**10, "8kB": 2**13, "MB": 2**20, "16MB": 2**24, "GB": 2**30, "TB": 2**40}
SECONDS = {"us": Decimal("1e-6"), "ms": Decimal("0.001"), "s": 1, "min": 60, "h": 3600, "d": 86400}


@pytest.mark.parametrize("where", CLUSTERS)
def test_starts_with_what_was_asked_for(where: str) -> None:
    cluster = CLUSTERS[where]
    bin = postgres.programs(cluster["spec"]["postgresVersion"])
    assert bin, "not installed: run `make test-real`"
    with unprivileged.folder() as home:
        data = home / "data"
        postgres.initdb(bin, home, data)
        wanted = made_by_operator.parameters(cluster) | _scratch(home)
        libraries = [name for name in wanted["shared_preload_libraries"].split(",") if name]
        here = [name for name in libraries if (bin.parent / "lib" / "postgresql" / f"{name}.so").exists()]
        assert set(libraries) - set(here) <= NOT_HERE
        wanted["shared_preload_libraries"] = ",".join(here)

        with postgres.server(bin, home, data, wanted) as port:
            rows = postgres.sql(home, port, "SELECT name, setting, coalesce(unit, ''), vartype FROM pg_settings")
            settings = {name: found for name, *found in (row.split("\t") for row in rows)}
            errors = postgres.sql(home, port, "SELECT name, error FROM pg_file_settings WHERE error IS NOT NULL")
    assert errors == []
    missing = {name for name in wanted if name not in settings}
    assert {name.split(".")[0] for name in missing} <= NOT_HERE
    wrong = {name: settings[name] for name in set(wanted) - missing if not _is(wanted[name], *settings[name])}
    assert wrong == {}


def _scratch(home: Path) -> dict[str, str]:
    """What lies elsewhere in a pod."""
    certificate, key = unprivileged.certificate(home)
    files = {"ssl_cert_file": str(certificate), "ssl_key_file": str(key), "ssl_ca_file": str(certificate)}
    return files | {"unix_socket_directories": str(home), "archive_command": "true"}


def _is(wanted: str, setting: str, unit: str, kind: str) -> bool:
    """Whether a setting, in its unit, is what was written in any."""
    if kind == "bool":
        return setting == {"true": "on", "false": "off"}.get(wanted, wanted)
    if kind in ("integer", "real"):
        return _number(setting, unit) == _number(wanted, unit)
    return setting == wanted


def _number(text: str, unit: str) -> Decimal:
    """A value in bytes or seconds; without a unit it is in the parameter's own."""
    found = re.fullmatch(r"(-?[0-9.]+) *([a-zA-Z]*)", text)
    assert found, text
    scales: dict[str, Any] = SECONDS if unit in SECONDS else BYTES
    return Decimal(found[1]) * scales.get(found[2] or unit, 1)
