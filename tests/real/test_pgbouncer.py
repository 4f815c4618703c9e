"""PgBouncer starts with the configuration that each cluster leads to, and says that it has it."""

from __future__ import annotations

from pathlib import Path

import made_by_operator
import pytest
import unprivileged
from made_by_operator import Ini

pytestmark = pytest.mark.real

CLUSTERS = {where: cluster for where, cluster in made_by_operator.clusters().items() if "proxy" in cluster["spec"]}


@pytest.mark.parametrize("where", CLUSTERS)
def test_has_the_configuration(where: str) -> None:
    cluster = CLUSTERS[where]
    asked = cluster["spec"]["proxy"]["pgBouncer"]["config"]["global"]
    assert asked
    with unprivileged.folder() as home:
        ini = _in_scratch(home, made_by_operator.pgbouncer(cluster))
        file = home / "pgbouncer.ini"
        file.write_text(made_by_operator.text(ini))
        port = ini["pgbouncer"]["listen_port"]
        console = ["psql", f"host=127.0.0.1 port={port} user=checker dbname=pgbouncer sslmode=require", "-XAtqc"]

        def ready() -> bool:
            return unprivileged.run([*console, "SHOW VERSION"], home).returncode == 0

        with unprivileged.running(["pgbouncer", file], home, ready):
            rows = unprivileged.succeed([*console, "SHOW CONFIG"], home).splitlines()
    has = dict(row.split("|")[:2] for row in rows)
    assert {name: has.get(name) for name in asked} == asked
    assert has["client_tls_sslmode"] == "require"
    assert has["server_tls_sslmode"] == "verify-full"


def _in_scratch(home: Path, ini: Ini) -> Ini:
    """The same with files of the scratch folder, on loopback, and with somebody who may ask."""
    certificate, key = unprivileged.certificate(home)
    users = home / "users.txt"
    users.write_text('"checker" ""\n')
    elsewhere = {
        "auth_file": str(users),
        "auth_type": "any",
        "admin_users": "checker",
        "client_tls_cert_file": str(certificate),
        "client_tls_key_file": str(key),
        "client_tls_ca_file": str(certificate),
        "server_tls_ca_file": str(certificate),
        "listen_addr": "127.0.0.1",
        "listen_port": str(unprivileged.free_port()),
        "conffile": str(home / "pgbouncer.ini"),
    }
    return ini | {"pgbouncer": ini["pgbouncer"] | elsewhere}
