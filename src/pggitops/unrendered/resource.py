"""From a PerconaPGCluster to the overlay's words that would have made it, as far as there are words for it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from pggitops.findings import Path

Words = dict[str, Any]
_Found = Iterator[tuple[Path, Path, Any]]
"""A word's path in the cluster, the field it stands for, and the word's value."""

_PLAIN: dict[str, str] = {
    "crVersion": "crVersion",
    "pause": "pause",
    "postgres.version": "postgresVersion",
    "postgres.image": "image",
    "postgres.initSql.configMap": "databaseInitSQL.name",
    "postgres.initSql.key": "databaseInitSQL.key",
    "postgres.extensions.image": "extensions.image",
    "postgres.extensions.storage.type": "extensions.storage.type",
    "postgres.extensions.storage.bucket": "extensions.storage.bucket",
    "postgres.extensions.storage.region": "extensions.storage.region",
    "postgres.extensions.storage.endpoint": "extensions.storage.endpoint",
    "postgres.extensions.storage.secret": "extensions.storage.secret.name",
    "tls.only": "tlsOnly",
    "tls.secret": "secrets.customTLSSecret.name",
    "tls.replicationSecret": "secrets.customReplicationTLSSecret.name",
    "tls.rootCaSecret": "secrets.customRootCATLSSecret.name",
    "pgbouncer.replicas": "proxy.pgBouncer.replicas",
    "pgbouncer.image": "proxy.pgBouncer.image",
    "pgbouncer.priorityClass": "proxy.pgBouncer.priorityClassName",
    "pgbouncer.minAvailable": "proxy.pgBouncer.minAvailable",
    "pgbouncer.expose.type": "proxy.pgBouncer.expose.type",
    "pgbouncer.expose.sourceRanges": "proxy.pgBouncer.expose.loadBalancerSourceRanges",
    "pgbouncer.expose.annotations": "proxy.pgBouncer.expose.annotations",
    "pgbouncer.expose.labels": "proxy.pgBouncer.expose.labels",
    "pgbouncer.expose.nodePort": "proxy.pgBouncer.expose.nodePort",
    "backups.enabled": "backups.enabled",
    "backups.image": "backups.pgbackrest.image",
    "standby.enabled": "standby.enabled",
    "standby.host": "standby.host",
    "standby.port": "standby.port",
    "standby.repo": "standby.repoName",
    "bootstrap.cluster": "dataSource.postgresCluster.clusterName",
    "bootstrap.namespace": "dataSource.postgresCluster.clusterNamespace",
    "bootstrap.repo": "dataSource.postgresCluster.repoName",
    "bootstrap.options": "dataSource.postgresCluster.options",
}
"""Words that are a field as it is, both dotted; a field below `spec`."""
_SET = {
    "replicas": "replicas",
    "storage": "dataVolumeClaimSpec.resources.requests.storage",
    "storageClass": "dataVolumeClaimSpec.storageClassName",
    "cpu": "resources.requests.cpu",
    "memory": "resources.requests.memory",
    "limits.cpu": "resources.limits.cpu",
    "limits.memory": "resources.limits.memory",
    "wal.storage": "walVolumeClaimSpec.resources.requests.storage",
    "wal.storageClass": "walVolumeClaimSpec.storageClassName",
    "tolerations": "tolerations",
    "affinity": "affinity",
    "priorityClass": "priorityClassName",
    "minAvailable": "minAvailable",
}
"""The same of an instance set."""
_REPO = {
    "s3.bucket": "s3.bucket",
    "s3.region": "s3.region",
    "s3.endpoint": "s3.endpoint",
    "gcs.bucket": "gcs.bucket",
    "azure.container": "azure.container",
    "volume.storage": "volume.volumeClaimSpec.resources.requests.storage",
    "volume.storageClass": "volume.volumeClaimSpec.storageClassName",
    "schedules.full": "schedules.full",
    "schedules.differential": "schedules.differential",
    "schedules.incremental": "schedules.incremental",
}
"""The same of a repository."""
_EXTENSIONS = ("pg_stat_monitor", "pg_stat_statements", "pg_audit", "pgvector", "pg_repack")


def words_of(resource: Mapping[str, Any]) -> tuple[Words, dict[Path, Path]]:
    """The words of a cluster, and where each comes from: its path in them, and the field's in the resource."""
    words: Words = {}
    origins: dict[Path, Path] = {}
    for path, field, value in _all(resource["spec"]):
        if value is None:
            continue
        below: Any = words
        for step in path[:-1]:
            below = below.setdefault(step, {})
        below[path[-1]] = value
        origins[path] = ("spec", *field)
    return words, origins


def _all(spec: Mapping[str, Any]) -> _Found:
    yield from _plain(spec, _PLAIN)
    for part in (_postgres, _instances, _pgbouncer, _users, _backups, _bootstrap, _monitoring):
        yield from part(spec)


def _plain(holder: Any, table: Mapping[str, str], at: Path = (), field: Path = ()) -> _Found:
    for word, name in table.items():
        steps = tuple(name.split("."))
        yield (*at, *word.split(".")), (*field, *steps), _value(holder, steps)


def _value(holder: Any, steps: Path) -> Any:
    for step in steps:
        holder = holder.get(step) if isinstance(holder, dict) else None
    return holder


def _postgres(spec: Mapping[str, Any]) -> _Found:
    patroni = ("patroni", "dynamicConfiguration")
    parameters = (*patroni, "postgresql", "parameters")
    for name, value in (_value(spec, parameters) or {}).items():
        if isinstance(value, str | int | float):
            yield ("postgres", "parameters", name), (*parameters, name), value
    own = _value(spec, patroni) or {}
    if own.get("synchronous_mode"):
        how = "strict" if own.get("synchronous_mode_strict") else "on"
        yield ("postgres", "synchronous"), (*patroni, "synchronous_mode"), how
    for word, field in (("leaderLease", "leaderLeaseDurationSeconds"), ("sync", "syncPeriodSeconds")):
        seconds = _value(spec, ("patroni", field))
        yield ("postgres", word), ("patroni", field), None if seconds is None else f"{seconds}s"
    for name in _EXTENSIONS:
        at = ("extensions", "builtin", name)
        yield ("postgres", "extensions", name), at, _value(spec, at)
    for index, each in enumerate(_value(spec, ("extensions", "custom")) or ()):
        own = {word: each.get(word) for word in ("version", "checksum") if each.get(word)}
        yield ("postgres", "extensions", "custom", each.get("name")), ("extensions", "custom", index), own
    rules = _value(spec, ("authentication", "rules"))
    if rules:
        yield ("postgres", "hba"), ("authentication", "rules"), rules
        yield ("postgres", "hbaDefault"), ("authentication", "rules"), False


def _instances(spec: Mapping[str, Any]) -> _Found:
    for index, own in enumerate(spec["instances"]):
        at: Path = ("instances", "sets", own["name"]) if index else ("instances",)
        field: Path = ("instances", index)
        yield (*at, "name"), (*field, "name"), own["name"]
        yield from _plain(own, _SET, at, field)
        yield (*at, "spread"), (*field, "topologySpreadConstraints"), _spread(own)
        for number, space in enumerate(own.get("tablespaceVolumes") or ()):
            storage = ("dataVolumeClaimSpec", "resources", "requests", "storage")
            place = (*field, "tablespaceVolumes", number)
            yield (*at, "tablespaces", space["name"], "storage"), (*place, *storage), _value(space, storage)


def _spread(holder: Mapping[str, Any]) -> str:
    """What must hold by topology spread or by anti-affinity."""
    rules = holder.get("topologySpreadConstraints") or ()
    musts = {rule.get("topologyKey") for rule in rules if rule.get("whenUnsatisfiable") == "DoNotSchedule"}
    required = ("affinity", "podAntiAffinity", "requiredDuringSchedulingIgnoredDuringExecution")
    musts |= {term.get("topologyKey") for term in _value(holder, required) or ()}
    return "zone" if "topology.kubernetes.io/zone" in musts else "host" if musts else "none"


def _pgbouncer(spec: Mapping[str, Any]) -> _Found:
    field = ("proxy", "pgBouncer")
    own = _value(spec, field)
    if own is None:
        return
    at = (*field, "config", "global")
    for name, value in (_value(spec, at) or {}).items():
        word: Path = ("poolMode",) if name == "pool_mode" else ("parameters", name)
        yield ("pgbouncer", *word), (*at, name), value
    yield ("pgbouncer", "spread"), (*field, "topologySpreadConstraints"), _spread(own)
    for name in ("tolerations", "affinity"):
        yield ("pgbouncer", name), (*field, name), own.get(name)


def _users(spec: Mapping[str, Any]) -> _Found:
    fields = {"databases": "databases", "options": "options", "secret": "secretName"}
    fields["grantPublicSchemaAccess"] = "grantPublicSchemaAccess"
    for index, user in enumerate(spec.get("users") or ()):
        own = {word: user[field] for word, field in fields.items() if user.get(field) is not None}
        yield ("users", user["name"]), ("users", index), own


def _backups(spec: Mapping[str, Any]) -> _Found:
    field = ("backups", "pgbackrest")
    own = _value(spec, field) or {}
    options = dict(own.get("global") or {})
    for index, repo in enumerate(own.get("repos") or ()):
        name = repo["name"]
        at, place = ("backups", "repos", name), (*field, "repos", index)
        yield at, place, {}
        yield from _plain(repo, _REPO, at, place)
        for option, word, made in _of_repo(name, options, is_s3="s3" in repo):
            yield (*at, *word), (*field, "global", option), made
        if not repo.get("volume") and f"{name}-cipher-type" not in options:
            yield (*at, "encryption"), place, "none"
        if f"{name}-s3-key-type" not in options and f"{name}-gcs-key-type" not in options and own.get("configuration"):
            secret = _value(own["configuration"][0], ("secret", "name"))
            yield (*at, "credentials", "secret"), (*field, "configuration"), secret
    for name, value in options.items():
        yield ("backups", "options", name), (*field, "global", name), value


def _of_repo(name: str, options: dict[str, Any], is_s3: bool) -> Iterator[tuple[str, Path, Any]]:
    """The options of a repository that words stand for, taken out of the options."""
    kept = options.get(f"{name}-retention-full")
    by_time = options.get(f"{name}-retention-full-type") == "time"
    table: dict[str, tuple[Path, Callable[[str], Any]]] = {
        "path": (("path",), str),
        "cipher-type": (("encryption",), str),
        "s3-uri-style": (("s3", "uriStyle"), str),
        "storage-verify-tls": (("s3", "verifyTls"), lambda text: text != "n"),
        "retention-full": (("retention", "full"), lambda text: f"{text}d" if by_time else int(text)),
        "retention-diff": (("retention", "differential"), int),
    }
    for end, (word, make) in table.items():
        if word[0] == "s3" and not is_s3:
            continue
        option = f"{name}-{end}"
        value = str(options.get(option, ""))
        is_number = value.isdecimal() or not end.startswith("retention")
        if value and is_number:
            del options[option]
            yield option, word, make(value)
    if kept is not None:
        options.pop(f"{name}-retention-full-type", None)


def _bootstrap(spec: Mapping[str, Any]) -> _Found:
    """A repository whose cluster is gone."""
    field = ("dataSource", "pgbackrest")
    own = _value(spec, field)
    if not own:
        return
    repo, name = own.get("repo") or {}, _value(own, ("repo", "name"))
    at: Path = ("bootstrap", "from")
    yield (*at, "repo"), (*field, "repo", "name"), name
    yield from _plain(repo, {word: to for word, to in _REPO.items() if "schedules" not in word}, at, (*field, "repo"))
    options = dict(own.get("global") or {})
    for option, word, made in _of_repo(str(name), options, is_s3="s3" in repo):
        if word[0] in ("path", "encryption", "s3"):
            yield (*at, *word), (*field, "global", option), made
    if not repo.get("volume") and f"{name}-cipher-type" not in (own.get("global") or {}):
        yield (*at, "encryption"), (*field, "repo"), "none"
    yield ("bootstrap", "options"), (*field, "options"), own.get("options")


def _monitoring(spec: Mapping[str, Any]) -> _Found:
    pmm = spec.get("pmm") or {}
    if pmm.get("enabled"):
        own = {"server": pmm.get("serverHost"), "secret": pmm.get("secret"), "querySource": pmm.get("querySource")}
        own["version"] = 2 if ":2" in str(pmm.get("image", "")).rpartition("/")[2] else 3
        yield ("monitoring", "pmm"), ("pmm",), {word: value for word, value in own.items() if value}
