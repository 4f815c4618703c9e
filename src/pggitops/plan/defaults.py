"""What is taken where a field is missing and the schema declares no default.

Of Kubernetes' kinds: k8s.io/kubernetes 1.34, `pkg/apis/{core,apps,networking,rbac}/v1/defaults.go`. Of the
PerconaPGCluster: percona-postgresql-operator v3.0.0, `PerconaPGCluster.Default` and what reads an optional field.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from pggitops import operators
from pggitops.kinds import OPERATOR_GROUP

_PROBE = {"timeoutSeconds": 1, "periodSeconds": 10, "successThreshold": 1, "failureThreshold": 3}
_CONTAINER = {
    "terminationMessagePath": "/dev/termination-log",
    "terminationMessagePolicy": "File",
    "ports[].protocol": "TCP",
    "env[].valueFrom.fieldRef.apiVersion": "v1",
    **{
        f"{probe}.{word}": value
        for probe in ("livenessProbe", "readinessProbe", "startupProbe")
        for word, value in (*_PROBE.items(), ("httpGet.scheme", "HTTP"))
    },
}
_POD = {
    "dnsPolicy": "ClusterFirst",
    "schedulerName": "default-scheduler",
    "terminationGracePeriodSeconds": 30,
    **{f"{group}[].{word}": value for group in ("containers", "initContainers") for word, value in _CONTAINER.items()},
    "volumes[].secret.defaultMode": 420,
    "volumes[].configMap.defaultMode": 420,
    "volumes[].projected.defaultMode": 420,
    "volumes[].downwardAPI.defaultMode": 420,
}


def _pods(prefix: str, restart: str | None = "Always") -> dict[str, Any]:
    own = {} if restart is None else {"restartPolicy": restart}
    return {f"{prefix}.{path}": value for path, value in (_POD | own).items()}


_WORKLOAD = {"spec.replicas": 1, "spec.revisionHistoryLimit": 10, **_pods("spec.template.spec")}
_SCALARS: Mapping[tuple[str, str], Mapping[str, Any]] = {
    ("apps", "Deployment"): {
        **_WORKLOAD,
        "spec.progressDeadlineSeconds": 600,
        "spec.strategy.type": "RollingUpdate",
        "spec.strategy.rollingUpdate.maxSurge": "25%",
        "spec.strategy.rollingUpdate.maxUnavailable": "25%",
    },
    ("apps", "StatefulSet"): {
        **_WORKLOAD,
        "spec.podManagementPolicy": "OrderedReady",
        "spec.updateStrategy.type": "RollingUpdate",
    },
    ("batch", "Job"): _pods("spec.template.spec", None),
    ("batch", "CronJob"): _pods("spec.jobTemplate.spec.template.spec", None) | {"spec.suspend": False},
    ("networking.k8s.io", "NetworkPolicy"): {
        "spec.ingress[].ports[].protocol": "TCP",
        "spec.egress[].ports[].protocol": "TCP",
    },
    ("", "Service"): {
        "spec.type": "ClusterIP",
        "spec.sessionAffinity": "None",
        "spec.internalTrafficPolicy": "Cluster",
        "spec.ports[].protocol": "TCP",
    },
    ("", "Secret"): {"type": "Opaque"},
    ("", "PersistentVolumeClaim"): {"spec.volumeMode": "Filesystem"},
    ("rbac.authorization.k8s.io", "RoleBinding"): {"roleRef.apiGroup": "rbac.authorization.k8s.io"},
    ("rbac.authorization.k8s.io", "ClusterRoleBinding"): {"roleRef.apiGroup": "rbac.authorization.k8s.io"},
}
_OFF = (
    *("pause", "unmanaged", "tlsOnly", "proxy.pgBouncer.exposeSuperusers", "users[].grantPublicSchemaAccess"),
    *("patroni.removeDataDirectoryOnDivergedTimelines", "pmm.enabled"),
    *("extensions.builtin.pgvector", "extensions.builtin.pg_repack"),
)
_ON = ("backups.enabled", "extensions.builtin.pg_audit")
_CLAIMS = (
    *("instances[].dataVolumeClaimSpec", "instances[].walVolumeClaimSpec"),
    *("instances[].tablespaceVolumes[].dataVolumeClaimSpec", "backups.pgbackrest.repos[].volume.volumeClaimSpec"),
)


def of(document: Mapping[str, Any]) -> tuple[tuple[str, Any], ...]:
    """The defaults of an object's kind that stand in no schema, by path; some depend on the rest of the object."""
    group, kind = str(document.get("apiVersion", "")).rpartition("/")[0], str(document.get("kind", ""))
    known = _SCALARS.get((group, kind), {})
    if (group, kind) == ("networking.k8s.io", "NetworkPolicy"):
        return (*known.items(), ("spec.policyTypes", _policy_types(document)))
    if (group, kind) == (OPERATOR_GROUP, "PerconaPGCluster"):
        return tuple(_of_cluster(document))
    return tuple(known.items())


def _policy_types(document: Mapping[str, Any]) -> tuple[str, ...]:
    return ("Ingress", "Egress") if _at(document, "spec", "egress") else ("Ingress",)


def _of_cluster(document: Mapping[str, Any]) -> Iterator[tuple[str, Any]]:
    for path in _OFF:
        yield f"spec.{path}", False
    for path in _ON:
        yield f"spec.{path}", True
    for path in _CLAIMS:
        yield f"spec.{path}.volumeMode", "Filesystem"
    if _at(document, "spec", "backups", "enabled") is not False:
        yield "spec.backups.trackLatestRestorableTime", True
    version = _version(document)
    if version >= (2, 6):
        yield "spec.autoCreateUserSchema", True
    source = _query_source(document) if version >= (2, 9) else "pgstatmonitor"
    yield "spec.extensions.builtin.pg_stat_monitor", source == "pgstatmonitor"
    yield "spec.extensions.builtin.pg_stat_statements", source == "pgstatstatements"


def _version(document: Mapping[str, Any]) -> tuple[int, ...]:
    try:
        return operators.number(_at(document, "spec", "crVersion"))
    except ValueError:
        return operators.number(operators.versions()[-1])


def _query_source(document: Mapping[str, Any]) -> str:
    if _at(document, "spec", "pmm", "enabled") is not True:
        return ""
    return str(_at(document, "spec", "pmm", "querySource") or "pgstatstatements")


def _at(document: Mapping[str, Any], *path: str) -> Any:
    """What stands at a path of a document of any form; None where nothing does."""
    value: Any = document
    for key in path:
        value = value.get(key) if isinstance(value, Mapping) else None
    return value
