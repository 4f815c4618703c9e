"""PostgreSQL itself: Patroni's dynamic configuration, log-in rules, users, extensions, TLS, where it starts from."""

from __future__ import annotations

from typing import Any

from pggitops import operators
from pggitops.model import BootstrapSource, Cluster, Environment, HbaRule
from pggitops.parts import backups, images
from pggitops.parts.backups import needs_secret, repo_options, storage
from pggitops.parts.names import bootstrap_secret, name_and, pmm_secret

# The operator adds this rule only while there is no other (internal/patroni/config.go)
DEFAULT_RULE: dict[str, Any] = {"connection": "hostssl", "method": "scram-sha-256"}


def parameters(cluster: Cluster) -> dict[str, Any]:
    """The server's parameters, sorted by name."""
    own = cluster.postgres.parameters
    return {name: own[name] for name in sorted(own)}


def is_synchronous(cluster: Cluster) -> bool:
    """Whether a commit waits for a replica."""
    return cluster.postgres.synchronous != "off"


def hba_lines(environment: Environment, cluster: Cluster) -> list[str] | None:
    """Log-in rules as lines of pg_hba.conf, for operators that know no rules."""
    if not cluster.postgres.hba or _has_rules(environment, cluster):
        return None
    return [_hba_line(rule) for rule in _rules(cluster)]


def _has_rules(environment: Environment, cluster: Cluster) -> bool:
    """`spec.authentication` is there since 2.9."""
    return operators.number(images.cr_version(environment, cluster)) >= (2, 9)


def authentication(environment: Environment, cluster: Cluster) -> dict[str, Any] | None:
    """`spec.authentication`: the overlay's rules, and the operator's default rule that they would replace."""
    if not cluster.postgres.hba or not _has_rules(environment, cluster):
        return None
    return {"rules": _rules(cluster)}


def _rules(cluster: Cluster) -> list[dict[str, Any]]:
    rules = [_hba_rule(rule) for rule in cluster.postgres.hba]
    return [*rules, DEFAULT_RULE] if cluster.postgres.hba_default else rules


def _hba_rule(rule: HbaRule) -> dict[str, Any]:
    fields = {"connection": rule.connection, "method": rule.method}
    # the operator quotes names, and "all" in quotes is a database or user of that name (internal/postgres/hba.go)
    databases = [] if "all" in rule.databases else list(rule.databases)
    users = [] if "all" in rule.users else list(rule.users)
    return name_and(fields, databases=databases, users=users, options={**rule.options} or None)


def _hba_line(rule: dict[str, Any]) -> str:
    databases, users = ",".join(rule.get("databases", ["all"])), ",".join(rule.get("users", ["all"]))
    address = [] if rule["connection"] == "local" else ["all"]
    options = [f'{name}="{value}"' for name, value in sorted(rule.get("options", {}).items())]
    return " ".join([rule["connection"], databases, users, *address, rule["method"], *options])


def users(cluster: Cluster) -> list[dict[str, Any]]:
    """`spec.users`: each item with all its fields."""
    result = []
    for name in sorted(cluster.users):
        user = cluster.users[name]
        fields: dict[str, Any] = {
            "name": user.name,
            "databases": list(user.databases),
            "password": {"type": "ASCII"},
        }
        grant = True if user.grant_public_schema_access else None
        result.append(
            name_and(fields, options=user.options or None, secretName=user.secret, grantPublicSchemaAccess=grant)
        )
    return result


def extensions(cluster: Cluster) -> dict[str, Any]:
    """`spec.extensions`: every built-in one spelt out, so that no operator version's default applies."""
    own = cluster.postgres.extensions
    statements = own.pg_stat_statements
    builtin = {
        "pg_stat_monitor": own.pg_stat_monitor,
        "pg_stat_statements": not own.pg_stat_monitor if statements is None else statements,
        "pg_audit": own.pg_audit,
        "pgvector": own.pgvector,
        "pg_repack": own.pg_repack,
    }
    custom = []
    for name in sorted(own.custom):
        extension = own.custom[name]
        custom.append(name_and({"name": extension.name, "version": extension.version}, checksum=extension.checksum))
    return name_and({"builtin": builtin}, custom=custom, storage=_extension_storage(cluster), image=own.image)


def _extension_storage(cluster: Cluster) -> dict[str, Any] | None:
    own = cluster.postgres.extensions.storage
    if own is None:
        return None
    secret = {"name": own.secret} if own.secret else None
    return name_and({"type": own.type}, bucket=own.bucket, region=own.region, endpoint=own.endpoint, secret=secret)


def init_sql(cluster: Cluster) -> dict[str, str] | None:
    """`spec.databaseInitSQL`: statements that run once, as superuser."""
    sql = cluster.postgres.init_sql
    return {"name": sql.config_map, "key": sql.key} if sql else None


def secrets(cluster: Cluster) -> dict[str, Any] | None:
    """`spec.secrets`: certificates of one's own."""
    tls = cluster.tls
    named = {
        "customRootCATLSSecret": tls.root_ca_secret,
        "customTLSSecret": tls.secret,
        "customReplicationTLSSecret": tls.replication_secret,
    }
    return {field: {"name": name} for field, name in named.items() if name} or None


def metadata(environment: Environment, cluster: Cluster) -> dict[str, Any] | None:
    """`spec.metadata`: only what workload identity needs, since it reaches every child and rolls the pods."""
    key = {"eks": "eks.amazonaws.com/role-arn", "gke": "iam.gke.io/gcp-service-account"}.get(
        environment.target.platform
    )
    identities = backups.identities(cluster)
    return {"annotations": {key: identities[0]}} if key and identities else None


def pmm(environment: Environment, cluster: Cluster) -> dict[str, Any] | None:
    """`spec.pmm`: the PMM client beside each server."""
    own = cluster.monitoring.pmm
    if own is None:
        return None
    return {
        "enabled": True,
        "image": images.pmm_image(environment, cluster),
        "serverHost": own.server,
        "secret": pmm_secret(cluster),
        "querySource": own.query_source,
    }


def standby(cluster: Cluster) -> dict[str, Any]:
    """`spec.standby`; spelt out when off too, because removing the block does not promote the cluster (K8SPG-1099)."""
    own = cluster.standby
    if own is None:
        return {"enabled": False}
    return name_and({"enabled": own.enabled}, host=own.host, port=own.port, repoName=own.repo)


def data_source(environment: Environment, cluster: Cluster) -> dict[str, Any] | None:
    """`spec.dataSource`: a living cluster's repository, or a repository whose cluster is gone."""
    own = cluster.bootstrap
    if own is None:
        return None
    options = list(own.options)
    if own.from_ is not None:
        return {"pgbackrest": _from_repository(environment, cluster, own.from_, options)}
    fields = {"clusterName": own.cluster, "repoName": own.repo or "repo1"}
    return {"postgresCluster": name_and(fields, clusterNamespace=own.namespace, options=options)}


def _from_repository(
    environment: Environment, cluster: Cluster, source: BootstrapSource, options: list[str]
) -> dict[str, Any]:
    name = source.repo
    fields: dict[str, Any] = {"stanza": "db", "repo": {"name": name, **storage(source)}}
    secret = [{"secret": {"name": bootstrap_secret(cluster, source)}}] if needs_secret(source) else []
    return name_and(
        fields, **{"global": repo_options(environment, int(name[4:]), source)}, configuration=secret, options=options
    )
