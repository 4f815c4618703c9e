"""How an application reaches a cluster: what the operator makes of an overlay, from the client's side.

Names and keys are the operator's (internal/naming/names.go, internal/controller/postgrescluster/postgres.go).
"""

from __future__ import annotations

from pggitops.model import Client, Cluster, Environment, User
from pggitops.parts import secrets
from pggitops.parts.names import user_secret
from pggitops.record import record

KEYS = ("pgbouncer-uri", "pgbouncer-host", "pgbouncer-port", "user", "password", "dbname")
"""The keys of a user's Secret that lead through pgBouncer; `uri`, `host` and `jdbc-uri` go around it."""

SESSIONS = {
    "session": "A connection is the client's until it closes: every feature of a session works.",
    "transaction": "A server connection is the client's for one transaction: no session SET, LISTEN, advisory locks or "
    "temporary tables across transactions; protocol-level prepared statements work.",
    "statement": "A server connection is the client's for one statement: no transactions of several statements.",
}


@record
class UserAccess:
    """A user of a cluster: the Secret, in the database's namespace, and the keys an application needs of it.

    `hand_over` is how it gets into the application's namespace, which it calls APP.
    """

    name: str
    databases: tuple[str, ...]
    secret: str
    keys: tuple[str, ...]
    hand_over: str


@record
class Connection:
    """Everything an application's owner has to know to connect."""

    environment: str
    cluster: str
    namespace: str
    host: str
    port: int
    exposed: str
    pool_mode: str
    pool_note: str
    read_only: bool
    users: tuple[UserAccess, ...]
    ca_secret: str
    ca_key: str
    clients: tuple[str, ...]


def connection(environment: Environment, cluster: Cluster) -> Connection:
    """The connection of a cluster of the environment."""
    namespace = environment.namespace.name
    pgbouncer = cluster.pgbouncer
    standby = cluster.standby is not None and cluster.standby.enabled
    # the operator makes a user and a database called like the cluster where the overlay names none
    named = [cluster.users[name] for name in sorted(cluster.users)] or [User(cluster.name, (cluster.name,))]
    users = tuple(_user(environment, cluster, user) for user in named)
    return Connection(
        environment.name,
        cluster.name,
        namespace,
        f"{cluster.name}-pgbouncer.{namespace}.svc",
        5432,
        _exposed(cluster),
        pgbouncer.pool_mode,
        SESSIONS[pgbouncer.pool_mode],
        standby,
        users,
        cluster.tls.secret or f"{cluster.name}-cluster-cert",
        "ca.crt",
        tuple(_client(pgbouncer.clients[name]) for name in sorted(pgbouncer.clients)),
    )


def _user(environment: Environment, cluster: Cluster, user: User) -> UserAccess:
    keys = KEYS if user.databases else tuple(key for key in KEYS if key not in ("pgbouncer-uri", "dbname"))
    secret = user_secret(cluster, user)
    return UserAccess(user.name, user.databases, secret, keys, _hand_over(environment, cluster, secret, keys))


def _exposed(cluster: Cluster) -> str:
    expose = cluster.pgbouncer.expose
    if expose.type == "ClusterIP":
        return ""
    ranges = f" from {', '.join(expose.source_ranges)}" if expose.source_ranges else ""
    reach = " inside the network" if expose.type == "LoadBalancer" and expose.internal else ""
    return f"{expose.type} {cluster.name}-pgbouncer{reach}{ranges}"


def _client(client: Client) -> str:
    pods = ", ".join(f"{key}={client.pods[key]}" for key in sorted(client.pods))
    parts = (
        [f"pods {pods} in {client.namespace}" if pods else f"all pods in {client.namespace}"]
        if client.namespace
        else []
    )
    parts += [f"addresses {', '.join(client.cidrs)}"] if client.cidrs else []
    return f"{client.name}: {' and '.join(parts)}"


def _hand_over(environment: Environment, cluster: Cluster, secret: str, keys: tuple[str, ...]) -> str:
    """An ExternalSecret of the application's own where there is a store; otherwise a copy of the keys by kubectl."""
    store = environment.secrets.store
    needed = next((one for one in secrets.needed(environment) if one.name == secret), None)
    if needed and needed.is_made_by_store and store:
        return (
            f"an ExternalSecret in APP that reads `password` from {needed.store_key} in the {store.kind} {store.name}"
        )
    literals = " ".join(f'--from-literal={key}="$(get {key})"' for key in keys)
    return (
        f"get() {{ kubectl -n {environment.namespace.name} get secret {secret} "
        f'-o go-template="{{{{index .data \\"$1\\" | base64decode}}}}"; }}; '
        f"kubectl -n APP create secret generic {secret} {literals}"
    )
