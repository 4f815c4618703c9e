"""`pggitops connect`: what an application needs to reach a cluster."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import click

from pggitops.cli import options
from pggitops.errors import CannotGoOn

if TYPE_CHECKING:
    from pggitops.connection import Connection


@click.command(name="connect")
@click.argument("cluster", metavar="ENV/CLUSTER")
@click.option("--user", metavar="NAME", help="Only this user of the cluster.")
@options.output_format("text", "json")
@options.root
def command(cluster: str, user: str | None, output_format: str, root: str | None) -> int:
    """Tell how an application reaches a cluster: host, port, Secret and keys, TLS, and who may."""
    from pggitops.compose import Sources, environment_names
    from pggitops.connection import connection
    from pggitops.findings import did_you_mean
    from pggitops.pipeline import Settings, prepare

    settings = Settings(options.find_root(root))
    environment, slash, name = cluster.partition("/")
    (environment,) = options.selected(environment_names(settings.root), [environment])
    prepared = options.modelled(prepare(settings, Sources(settings.root), environment))
    clusters = prepared.environment.clusters
    if not slash and len(clusters) == 1:
        (name,) = clusters
    if name not in clusters:
        hint = did_you_mean(name, clusters)
        raise CannotGoOn(f'{environment} has no cluster "{name}"{hint}', f"It has {', '.join(sorted(clusters))}.")
    found = connection(prepared.environment, clusters[name])
    known = [one.name for one in found.users]
    if user is not None and user not in known:
        raise CannotGoOn(f'{name} has no user "{user}"{did_you_mean(user, known)}', f"It has {', '.join(known)}.")
    click.echo(_json(found, user) if output_format == "json" else _text(found, user), nl=False)
    return 0


def _json(found: Connection, user: str | None) -> str:
    shown = {
        "version": 1,
        "environment": found.environment,
        "cluster": found.cluster,
        "namespace": found.namespace,
        "host": found.host,
        "port": found.port,
        "exposed": found.exposed,
        "poolMode": found.pool_mode,
        "readOnly": found.read_only,
        "users": [
            {
                "name": one.name,
                "databases": one.databases,
                "secret": one.secret,
                "keys": one.keys,
                "handOver": one.hand_over,
            }
            for one in found.users
            if user in (None, one.name)
        ],
        "tls": {"sslmode": "verify-full", "withoutCa": "require", "caSecret": found.ca_secret, "caKey": found.ca_key},
        "clients": found.clients,
    }
    return json.dumps(shown, indent=2, ensure_ascii=False) + "\n"


def _text(found: Connection, user: str | None) -> str:
    lines = [
        f"{found.environment}/{found.cluster}" + (" (a standby: read only)" if found.read_only else ""),
        f"  host      {found.host}",
        f"  port      {found.port}",
    ]
    lines += [f"  exposed   {found.exposed}"] if found.exposed else []
    lines += [f"  pooling   {found.pool_mode}. {found.pool_note}"]
    for one in found.users:
        if user in (None, one.name):
            lines += [
                f"  user      {one.name}, databases {', '.join(one.databases) or 'none'}",
                f"            Secret {one.secret} in {found.namespace}, keys {', '.join(one.keys)}",
                f"            to the application's namespace APP: {one.hand_over}",
            ]
    lines += [
        "            not `uri`, `host` or `jdbc-uri`: those go around pgBouncer, and are cut off",
        "  TLS       sslmode=require; or verify-full with the CA: "
        f"key {found.ca_key} (and no other) of Secret {found.ca_secret}",
        "  clients   " + "\n            ".join(found.clients or _nobody(found)),
    ]
    return "\n".join(lines) + "\n"


def _nobody(found: Connection) -> tuple[str, ...]:
    return (
        "nobody yet; add to the overlay:",
        f"clusters: {{{found.cluster}: {{pgbouncer: {{clients: {{api: {{namespace: APP, pods: {{app: api}}}}}}}}}}}}",
    )
