"""The Secrets an environment needs: their keys, what stands in them, who makes them, where a store has them.

One source for what is rendered (`external_secrets`), for the policies and for `pggitops secrets`. Keys and formats are
the operator's and pgBackRest's: every key of a backup Secret becomes a file in /etc/pgbackrest/conf.d, and `*.conf` is
parsed (percona/percona-postgresql-operator v3.0.0, internal/pgbackrest/reconcile.go).
"""

from __future__ import annotations

import functools
from collections.abc import Iterator
from dataclasses import replace

from pggitops.model import BootstrapSource, Cluster, Environment, Repo
from pggitops.parts.backups import is_encrypted, needs_secret
from pggitops.parts.names import backup_secret, bootstrap_secret, pmm_secret, user_secret
from pggitops.record import record

Steps = tuple[str | int, ...]


@record
class Value:
    """What only the owner knows: `property` is its name in the store, `what` says what it is."""

    property: str
    what: str


SECTION = "[global]"

Line = tuple[str, Value | None]
"""A line of what stands under a key: fixed text, and the value after it."""

PULL_TYPE = "kubernetes.io/dockerconfigjson"
_CREDENTIALS = Value("dockerconfigjson", "the registry's credentials, as of ~/.docker/config.json")
PULL_KEYS: dict[str, tuple[Line, ...]] = {".dockerconfigjson": (("", _CREDENTIALS),)}
"""What nodes pull images with."""


@record
class NeededSecret:
    """One Secret; `keys` maps each key to its lines.

    `use` is what for: pull, backup, user, pmm, tls or extensions. `item` is the overlay's word that asks for it first.
    `clusters` are those that share it; `cluster` is the only one, else empty. `provider` makes it; `required` is false
    where the operator does if nobody else has. `folder` is where the environment's Secrets are in the store; empty
    without one.
    """

    name: str
    namespace: str
    clusters: tuple[str, ...]
    use: str
    item: Steps
    why: str
    keys: dict[str, tuple[Line, ...]]
    provider: str
    folder: str
    required: bool = True
    type: str = "Opaque"

    @property
    def cluster(self) -> str:
        """The cluster it belongs to; empty for one of the environment or of several clusters."""
        return self.clusters[0] if len(self.clusters) == 1 else ""

    @property
    def store_key(self) -> str:
        """Where the store is asked for it, empty without one: what clusters share is the environment's there too."""
        if not self.folder:
            return ""
        return f"{self.folder}{self.cluster}/{self.name}" if self.cluster else f"{self.folder}{self.name}"

    @property
    def values(self) -> list[Value]:
        """Every value in it, in the order of its keys."""
        return [value for lines in self.keys.values() for _, value in lines if value]

    @property
    def is_made_by_store(self) -> bool:
        """Whether an ExternalSecret is rendered for it."""
        return bool(self.folder) and any(value for lines in self.keys.values() for _, value in lines)


# rendering, the policies and each hole that is traced ask for an environment's, and a few are built together
@functools.lru_cache(maxsize=32)
def needed(environment: Environment) -> list[NeededSecret]:
    """Every Secret the environment's objects refer to, by name; those that are one hold the keys of all."""
    return _needed(environment)


def _needed(environment: Environment) -> list[NeededSecret]:
    found: dict[str, NeededSecret] = {}
    for one in _all(environment):
        known = found.get(one.name)
        found[one.name] = _joined(known, one) if known else one
    return [found[name] for name in sorted(found)]


def find(environment: Environment, item: Steps) -> NeededSecret:
    """The Secret that a word of the overlay asks for first, made anew: a trace wants to see what is read."""
    return next(one for one in _needed(environment) if one.item == item)


def option(line: Line) -> str:
    """What a line of pgBackRest's configuration sets; for a value alone, its name in the store."""
    text, value = line
    return text.partition("=")[0] or (value.property if value else "")


def provider_of(environment: Environment, name: str) -> str:
    """Who makes the Secret of that name."""
    return environment.secrets.except_.get(name, environment.secrets.provider)


def _joined(one: NeededSecret, other: NeededSecret) -> NeededSecret:
    keys = dict(one.keys)
    # pgBackRest reads all files as one, and refuses an option that is set twice
    known = {option(line) for lines in one.keys.values() for line in lines}
    for key, lines in other.keys.items():
        more = tuple(line for line in lines if option(line) not in known)
        if more and key not in keys:
            more = tuple(line for line in lines if line in more or line[0] == SECTION)
        if more:
            keys[key] = (*keys.get(key, ()), *more)
    why = ", ".join(dict.fromkeys([*one.why.split(", "), other.why]))
    clusters = tuple(dict.fromkeys([*one.clusters, *other.clusters]))
    return replace(one, keys=keys, why=why, clusters=clusters, required=one.required or other.required)


def _folder(environment: Environment, provider: str) -> str:
    if not environment.secrets.store or provider != "external-secrets":
        return ""
    return f"{environment.secrets.prefix}{environment.name}/"


def _all(environment: Environment) -> Iterator[NeededSecret]:
    for index, name in enumerate(environment.image_pull_secrets):
        provider, item = provider_of(environment, name), ("imagePullSecrets", index)
        namespace, folder, why = environment.namespace.name, _folder(environment, provider), "pulls the images"
        yield NeededSecret(name, namespace, (), "pull", item, why, PULL_KEYS, provider, folder, type=PULL_TYPE)
    for cluster in environment.clusters.values():
        yield from _backups(environment, cluster)
        yield from _users(environment, cluster)
        yield from _others(environment, cluster)


def _secret(
    environment: Environment,
    cluster: Cluster,
    name: str,
    use: str,
    item: Steps,
    why: str,
    keys: dict[str, tuple[Line, ...]],
    required: bool = True,
) -> NeededSecret:
    provider, item, clusters = provider_of(environment, name), ("clusters", cluster.name, *item), (cluster.name,)
    namespace, folder = environment.namespace.name, _folder(environment, provider)
    return NeededSecret(name, namespace, clusters, use, item, why, keys, provider, folder, required)


def _only(key: str, what: str) -> tuple[Line, ...]:
    return (("", Value(key, what)),)


def _users(environment: Environment, cluster: Cluster) -> Iterator[NeededSecret]:
    of_standby = cluster.standby is not None and cluster.standby.enabled
    for user in cluster.users.values():
        what = f"the password {user.name} has on the primary" if of_standby else "a password"
        keys, why = {"password": _only("password", what)}, f"the password of {user.name}"
        name, item = user_secret(cluster, user), ("users", user.name)
        required = user.secret is not None or of_standby or provider_of(environment, name) != "external"
        yield _secret(environment, cluster, name, "user", item, why, keys, required)


def _others(environment: Environment, cluster: Cluster) -> Iterator[NeededSecret]:
    item: Steps
    pmm, storage = cluster.monitoring.pmm, cluster.postgres.extensions.storage
    if pmm is not None:
        key = "PMM_SERVER_TOKEN" if pmm.version == 3 else "PMM_SERVER_KEY"
        keys, item = {key: _only(key, "a token of the PMM server")}, ("monitoring", "pmm")
        yield _secret(environment, cluster, pmm_secret(cluster), "pmm", item, "reaches PMM", keys)
    if storage is not None and storage.secret:
        names = {"AWS_ACCESS_KEY_ID": "access key", "AWS_SECRET_ACCESS_KEY": "secret key"}
        # for other stores no key is documented (percona/percona-postgresql-operator v3.0.0, deploy/secrets.yaml)
        keys = {key: _only(key, what) for key, what in names.items()} if storage.type == "s3" else {}
        item = ("postgres", "extensions", "storage")
        yield _secret(environment, cluster, storage.secret, "extensions", item, "opens the store of extensions", keys)
    yield from _certificates(environment, cluster)


def _certificates(environment: Environment, cluster: Cluster) -> Iterator[NeededSecret]:
    """Keys as of internal/controller/postgrescluster/controller.go, which asks for no type."""
    tls = cluster.tls
    if tls.root_ca_secret:
        keys = {"root.crt": _only("root.crt", "the CA's certificate"), "root.key": _only("root.key", "the CA's key")}
        item = ("tls", "rootCaSecret")
        yield _secret(environment, cluster, tls.root_ca_secret, "tls", item, "signs the certificates", keys)
    leaf = {"tls.crt": _only("tls.crt", "the certificate"), "tls.key": _only("tls.key", "its key")}
    if not tls.root_ca_secret:
        leaf = {"ca.crt": _only("ca.crt", "the CA's certificate"), **leaf}
    if tls.secret:
        item = ("tls", "secret")
        yield _secret(environment, cluster, tls.secret, "tls", item, "the server's certificate", leaf)
    if tls.replication_secret:
        item = ("tls", "replicationSecret")
        yield _secret(environment, cluster, tls.replication_secret, "tls", item, "the replicas' certificate", leaf)


def _backups(environment: Environment, cluster: Cluster) -> Iterator[NeededSecret]:
    """All of a cluster's backup Secrets become files of one folder: a second file of a name is called by repository."""
    first: dict[str, Repo] = {}
    files: dict[tuple[str, str], str] = {}
    for repo in cluster.backups.ordered:
        if not needs_secret(repo):
            continue
        store, name = _store(repo), backup_secret(cluster, repo)
        prefix = "" if first.setdefault(store, repo) is repo else f"{repo.name}-"
        file = files.setdefault((store, name), f"{prefix}{store}.conf")
        keys, item = backup_keys(repo.number, repo, file, prefix), ("backups", "repos", repo.name)
        yield _secret(environment, cluster, name, "backup", item, f"opens {repo.name}", keys)
    source = cluster.bootstrap.from_ if cluster.bootstrap else None
    if source is not None and needs_secret(source):
        # the restore sees the source's files alone
        keys = backup_keys(int(source.repo[4:]), source, f"{_store(source)}.conf", "")
        name, why = bootstrap_secret(cluster, source), "opens the repository it starts from"
        yield _secret(environment, cluster, name, "backup", ("bootstrap", "from"), why, keys)


def _store(repo: Repo | BootstrapSource) -> str:
    return "s3" if repo.s3 else "gcs" if repo.gcs else "azure" if repo.azure else "repo"


def backup_keys(number: int, repo: Repo | BootstrapSource, file: str, prefix: str) -> dict[str, tuple[Line, ...]]:
    """The files of a repository's Secret, for `repoN`: keys to its store, and the pass phrase of its encryption.

    A value's name in the store is pgBackRest's option, or the file that holds it alone.
    """
    option = f"repo{number}"
    has_key = repo.volume is None and not repo.credentials.workload_identity
    keys: dict[str, tuple[Line, ...]] = {}
    options: dict[str, str] = {}
    lines: list[Line] = [(SECTION, None)]
    if has_key and repo.s3:
        options = {"s3-key": "access key", "s3-key-secret": "secret key"}
    elif has_key and repo.gcs:
        key_file = f"{prefix}gcs-key.json"
        lines.append((f"{option}-gcs-key=/etc/pgbackrest/conf.d/{key_file}", None))
        keys[key_file] = _only(key_file, "the service account's key, JSON")
    elif has_key and repo.azure:
        options = {"azure-account": "storage account", "azure-key": "its key"}
    if is_encrypted(repo):
        options["cipher-pass"] = "a long pass phrase; without it no backup can be read"
    lines += [(f"{option}-{name}=", Value(f"{option}-{name}", what)) for name, what in options.items()]
    return {file: tuple(lines), **keys}
