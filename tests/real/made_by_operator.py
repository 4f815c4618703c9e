"""The configuration files that the operator makes of a rendered PerconaPGCluster.

Read in percona-postgresql-operator 3.0.0: `internal/pgbackrest/config.go` and `postgres.go`, `internal/pgbouncer/
config.go`, `internal/patroni/config.go`, `internal/postgres/parameters.go`, `internal/pgaudit/postgres.go`,
`internal/pgstatmonitor/pgstatmonitor.go`, `internal/pgstatstatements/pgstatstatement.go`. The overlay's own values win
over what the operator only defaults to.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import yaml

ROOT = Path(__file__).parents[2]

Ini = dict[str, dict[str, str]]
"""Options by section."""


def clusters() -> dict[str, dict[str, Any]]:
    """Every PerconaPGCluster of the example fleet and of the golden one, by where it is rendered."""
    found = {}
    for fleet in (ROOT / "rendered", ROOT / "tests" / "golden" / "fleet" / "rendered"):
        for file in sorted(fleet.rglob("perconapgcluster-*.yaml")):
            found[file.parent.relative_to(fleet).as_posix()] = yaml.safe_load(file.read_bytes())
    return found


def text(ini: Ini) -> str:
    """The options as pgBackRest and PgBouncer read them."""
    return "\n".join(
        f"[{section}]\n" + "".join(f"{key} = {value}\n" for key, value in options.items())
        for section, options in ini.items()
    )


def pgbackrest(cluster: dict[str, Any]) -> Ini:
    """pgbackrest_instance.conf, without the repository's host: a local repository has none."""
    spec = cluster["spec"]["backups"]["pgbackrest"]
    options = {
        "archive-async": "y",
        "spool-path": "/pgdata/pgbackrest-spool",
        "log-path": "/pgdata/pgbackrest/log",
    }
    for repo in spec["repos"]:
        name = repo["name"]
        options[f"{name}-path"] = f"/pgbackrest/{name}"
        for store in {"s3", "gcs", "azure"} & set(repo):
            options[f"{name}-type"] = store
            options |= {f"{name}-{store}-{key}": value for key, value in repo[store].items()}
    port = str(cluster["spec"]["port"])
    stanza = {
        "pg1-path": f"/pgdata/pg{cluster['spec']['postgresVersion']}",
        "pg1-port": port,
        "pg1-socket-path": "/tmp",
    }
    return {"global": options | spec.get("global", {}), "db": stanza}


def pgbouncer(cluster: dict[str, Any]) -> Ini:
    """~postgres-operator.ini."""
    spec = cluster["spec"]["proxy"]["pgBouncer"]
    tls = "/etc/pgbouncer/~postgres-operator-"
    options = {
        "ignore_startup_parameters": "extra_float_digits",
        "auth_file": "/etc/pgbouncer/~postgres-operator/users.txt",
        "auth_query": "SELECT username, password from pgbouncer.get_auth($1)",
        "auth_user": "_crunchypgbouncer",
        "client_tls_sslmode": "require",
        "client_tls_cert_file": f"{tls}frontend/tls.crt",
        "client_tls_key_file": f"{tls}frontend/tls.key",
        "client_tls_ca_file": f"{tls}frontend/ca.crt",
        "listen_addr": "*",
        "listen_port": str(spec["port"]),
        "server_tls_sslmode": "verify-full",
        "server_tls_ca_file": f"{tls}backend/ca.crt",
        "unix_socket_dir": "",
    }
    options |= spec.get("config", {}).get("global", {})
    options["conffile"] = "/etc/pgbouncer/~postgres-operator.ini"
    databases = {"*": f"host={cluster['metadata']['name']}-primary port={cluster['spec']['port']}"}
    return {"pgbouncer": options, "databases": databases}


def asked(cluster: dict[str, Any]) -> dict[str, Any]:
    """The parameters that the resource itself gives."""
    configuration = cluster["spec"].get("patroni", {}).get("dynamicConfiguration", {})
    parameters: dict[str, Any] = configuration.get("postgresql", {}).get("parameters", {})
    return parameters


def parameters(cluster: dict[str, Any]) -> dict[str, str]:
    """What PostgreSQL starts with: the operator's defaults, the resource's parameters, what the operator insists on."""
    spec = cluster["spec"]
    defaults = {
        "wal_level": "logical",
        "jit": "off",
        "password_encryption": "scram-sha-256",
        "archive_timeout": "60s",
        "huge_pages": "off",
    }
    mandatory = {
        "unix_socket_directories": "/tmp/postgres",
        "ssl": "on",
        "ssl_cert_file": "/pgconf/tls/tls.crt",
        "ssl_key_file": "/pgconf/tls/tls.key",
        "ssl_ca_file": "/pgconf/tls/ca.crt",
        "track_commit_timestamp": "true",
        "archive_mode": "on",
        "archive_command": 'pgbackrest --stanza=db archive-push "%p"',
        # Patroni, for pg_rewind and for standbys (patroni/postgresql/config.py, CMDLINE_OPTIONS).
        "wal_log_hints": "on",
        "hot_standby": "on",
        "cluster_name": f"{cluster['metadata']['name']}-ha",
    }
    libraries = []
    builtin = spec.get("extensions", {}).get("builtin", {})
    if builtin.get("pg_stat_monitor"):
        libraries.append("pg_stat_monitor")
        mandatory |= {"pg_stat_monitor.pgsm_enable_overflow": "off", "pg_stat_monitor.pgsm_query_max_len": "2048"}
    if builtin.get("pg_stat_statements"):
        libraries.append("pg_stat_statements")
        mandatory["pg_stat_statements.track"] = "all"
    if builtin.get("pg_audit", True):
        libraries.append("pgaudit")
    own = {name.lower(): str(value) for name, value in asked(cluster).items()}
    libraries += filter(None, [own.pop("shared_preload_libraries", "")])
    return defaults | own | mandatory | {"shared_preload_libraries": ",".join(libraries)}
