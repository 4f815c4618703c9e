"""Whether a changed parameter waits for a restart: what our catalogue says, held against real servers.

Each is changed with `ALTER SYSTEM` to another value that the server itself takes, all are reloaded at once, and the
server is asked which of them now wait (`pending_restart`).
"""

from __future__ import annotations

import time
from pathlib import Path

import postgres
import pytest
import unprivileged
from test_parameter_values import bin_of

from pggitops import parameters

pytestmark = pytest.mark.real

ANOTHER = """
SELECT name, CASE vartype
    WHEN 'bool' THEN CASE setting WHEN 'on' THEN 'off' ELSE 'on' END
    WHEN 'enum' THEN (SELECT value FROM unnest(enumvals) AS value WHERE value <> setting ORDER BY value LIMIT 1)
    WHEN 'integer' THEN CASE WHEN setting::numeric < max_val::numeric THEN setting::numeric + 1
        ELSE setting::numeric - 1 END::text
    WHEN 'real' THEN CASE WHEN setting::numeric < max_val::numeric THEN least(setting::numeric + 1, max_val::numeric)
        ELSE setting::numeric / 2 END::text
    END
FROM pg_settings WHERE context IN ('postmaster', 'sighup') AND vartype <> 'string'
    -- with it nobody is called as before
    AND name <> 'db_user_namespace' ORDER BY name
"""


@pytest.mark.parametrize("major", parameters.MAJORS)
def test_what_waits_for_a_restart(major: int) -> None:
    bin = bin_of(major)
    if bin is None:
        pytest.skip(f"PostgreSQL {major} is not installed here")
    with unprivileged.folder() as home:
        data = home / "data"
        postgres.initdb(bin, home, data)
        with postgres.server(bin, home, data, {}) as port:
            asked = dict(row.split("\t") for row in postgres.sql(home, port, ANOTHER))
            taken = [name for name, value in asked.items() if _altered(home, port, name, value)]
            waiting = _waiting(home, port)
    assert len(taken) > 60, "most can be changed"
    wanted = {name for name in taken if _context(name, major) == "postmaster"}
    assert len(wanted) > 20
    assert waiting & set(taken) == wanted


def _context(name: str, major: int) -> str:
    known = parameters.parameter(name, major)
    assert known is not None, name
    return known.context


def _altered(home: Path, port: int, name: str, value: str) -> bool:
    if not value:
        return False
    statement = f"ALTER SYSTEM SET {name} = '{value}'"
    answer = unprivileged.run(postgres.psql(home, port, statement), home)
    return answer.returncode == 0


def _waiting(home: Path, port: int) -> set[str]:
    """What waits once the reload is through: it is asked until the answer stays the same."""
    postgres.sql(home, port, "SELECT pg_reload_conf()")
    found: list[str] = []
    for _ in range(50):
        time.sleep(0.1)
        before, found = found, postgres.sql(home, port, "SELECT name FROM pg_settings WHERE pending_restart ORDER BY 1")
        if found and found == before:
            break
    return set(found)
