"""Which Secrets must be there before an environment is synced the first time, and what must be in them.

Keys and formats are the operator's and pgBackRest's: every key of a backup Secret becomes a file in pgBackRest's
configuration folder, and `*.conf` is parsed (deploy/backup documentation, "pgBackRest secrets").
"""

from __future__ import annotations

from collections.abc import Iterator

from pggitops.model import BootstrapSource, Cluster, Environment, Repo
from pggitops.parts.backups import is_encrypted, needs_secret
from pggitops.parts.names import backup_secret, pmm_secret, user_secret
from pggitops.record import record


@record
class NeededSecret:
    """One Secret: `keys` maps each key to what it holds, with `<…>` where only the owner knows.

    `required` is false where the operator makes the Secret itself if it is not there. `store_key` is where an external
    store is asked for it; empty without one.
    """

    name: str
    namespace: str
    cluster: str
    why: str
    keys: dict[str, str]
    required: bool
    store_key: str
    type: str = "Opaque"


def needed(environment: Environment) -> list[NeededSecret]:
    """Every Secret the environment's objects refer to, by name; two that are one hold the keys of both."""
    found: dict[str, NeededSecret] = {}
    for one in _all(environment):
        known = found.get(one.name)
        found[one.name] = _joined(known, one) if known else one
    return [found[name] for name in sorted(found)]


def _joined(one: NeededSecret, other: NeededSecret) -> NeededSecret:
    keys = dict(one.keys)
    for key, content in other.keys.items():
        lines = [*keys.get(key, "").splitlines(), *content.splitlines()]
        keys[key] = "\n".join(dict.fromkeys(lines))
    why = ", ".join(dict.fromkeys([*one.why.split(", "), other.why]))
    required = one.required or other.required
    return NeededSecret(one.name, one.namespace, one.cluster, why, keys, required, one.store_key, one.type)


def _all(environment: Environment) -> Iterator[NeededSecret]:
    for name in environment.image_pull_secrets:
        keys = {".dockerconfigjson": "<the registry's credentials>"}
        kind = "kubernetes.io/dockerconfigjson"
        yield NeededSecret(name, environment.namespace.name, "", "pulls the images", keys, True, "", kind)
    for cluster in environment.clusters.values():
        yield from _cluster(environment, cluster)


def _cluster(environment: Environment, cluster: Cluster) -> Iterator[NeededSecret]:
    for repo in cluster.backups.ordered:
        if needs_secret(repo):
            name = backup_secret(cluster, repo)
            yield _secret(environment, cluster, name, f"opens {repo.name}", backup_keys(repo.number, repo))
    source = cluster.bootstrap.from_ if cluster.bootstrap else None
    if source is not None and needs_secret(source):
        name = source.credentials.secret or f"{cluster.name}-pgbackrest-secrets"
        keys = backup_keys(int(source.repo[4:]), source)
        yield _secret(environment, cluster, name, "opens the repository it starts from", keys)
    for user in cluster.users.values():
        of_standby = cluster.standby is not None and cluster.standby.enabled
        required = user.secret is not None or of_standby or environment.secrets.provider != "external"
        keys = {"password": f"<the password {user.name} has on the primary>" if of_standby else "<a password>"}
        why = f"the password of {user.name}"
        yield _secret(environment, cluster, user_secret(cluster, user), why, keys, required=required)
    pmm = cluster.monitoring.pmm
    if pmm is not None:
        key = "PMM_SERVER_TOKEN" if pmm.version == 3 else "PMM_SERVER_KEY"
        yield _secret(environment, cluster, pmm_secret(cluster), "reaches PMM", {key: "<a token of the PMM server>"})
    yield from _certificates(environment, cluster)


def _certificates(environment: Environment, cluster: Cluster) -> Iterator[NeededSecret]:
    tls = cluster.tls
    if tls.root_ca_secret:
        keys = {"root.crt": "<the CA's certificate>", "root.key": "<the CA's key>"}
        yield _secret(environment, cluster, tls.root_ca_secret, "signs the certificates", keys)
    leaf = {"tls.crt": "<the certificate>", "tls.key": "<its key>"}
    if not tls.root_ca_secret:
        leaf = {"ca.crt": "<the CA's certificate>", **leaf}
    for name, why in ((tls.secret, "the server's certificate"), (tls.replication_secret, "the replicas' certificate")):
        if name:
            yield _secret(environment, cluster, name, why, leaf)


def _secret(
    environment: Environment, cluster: Cluster, name: str, why: str, keys: dict[str, str], *, required: bool = True
) -> NeededSecret:
    store = environment.secrets.store
    key = f"{environment.secrets.prefix}{environment.name}/{cluster.name}/{name}" if store else ""
    return NeededSecret(name, environment.namespace.name, cluster.name, why, keys, required, key)


def backup_keys(number: int, repo: Repo | BootstrapSource) -> dict[str, str]:
    """The files of a repository's Secret, for `repoN`: keys to its store, and the pass phrase of its encryption."""
    prefix = f"repo{number}"
    has_key = repo.volume is None and not repo.credentials.workload_identity
    keys: dict[str, str] = {}
    lines = ["[global]"]
    file = "s3.conf" if repo.s3 else "gcs.conf" if repo.gcs else "azure.conf" if repo.azure else "repo.conf"
    if has_key and repo.s3:
        lines += [f"{prefix}-s3-key=<access key>", f"{prefix}-s3-key-secret=<secret key>"]
    elif has_key and repo.gcs:
        lines.append(f"{prefix}-gcs-key=/etc/pgbackrest/conf.d/gcs-key.json")
        keys["gcs-key.json"] = "<the service account's key, JSON>"
    elif has_key and repo.azure:
        lines += [f"{prefix}-azure-account=<storage account>", f"{prefix}-azure-key=<its key>"]
    if is_encrypted(repo):
        lines.append(f"{prefix}-cipher-pass=<a long pass phrase; without it no backup can be read>")
    return {file: "\n".join(lines), **keys}


def command(secret: NeededSecret) -> str:
    """A command that makes the Secret, with `<…>` to be filled in."""
    create = f"kubectl -n {secret.namespace} create secret generic {secret.name}"
    if secret.type != "Opaque":
        return f"{create} --type={secret.type} --from-file=.dockerconfigjson=<file>"
    parts = [
        f"--from-file={key}=<file>"
        if key.endswith((".json", ".crt", ".key"))
        else f"--from-literal={key}={_quoted(text)}"
        for key, text in secret.keys.items()
    ]
    return " ".join([create, *parts])


def _quoted(text: str) -> str:
    return "'" + text.replace("'", "'\\''") + "'"
