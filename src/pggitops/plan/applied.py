"""What somebody applied, seen from what a cluster says it has: without what servers and operators wrote into it.

Sources: k8s.io/apimachinery `ObjectMeta`; percona-postgresql-operator v3.0.0, percona/naming/annotations.go, and what
its backup, restore and cluster controllers write into the resource; argo-cd v3.5 and flux2 v2 tracking metadata.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

_METADATA = frozenset(
    [
        *("creationTimestamp", "deletionGracePeriodSeconds", "deletionTimestamp", "generation", "managedFields"),
        *("ownerReferences", "resourceVersion", "selfLink", "uid"),
    ]
)
_ANNOTATIONS = frozenset(
    [
        *("kubectl.kubernetes.io/last-applied-configuration", "argocd.argoproj.io/tracking-id"),
        *("deployment.kubernetes.io/revision", "postgres-operator.crunchydata.com/pgbackrest-backup"),
        *("postgres-operator.crunchydata.com/pgbackrest-restore", "pgv2.percona.com/allow-upgrade"),
        *("pgv2.percona.com/backup-in-progress", "pgv2.percona.com/cluster-bootstrap-restore"),
        *("pgv2.percona.com/instance-suspended", "pgv2.percona.com/patroni-version"),
        *("pgv2.percona.com/pgbackrest-backup", "pgv2.percona.com/pgbackrest-backup-job-name"),
        *("pgv2.percona.com/pgbackrest-backup-job-type", "pgv2.percona.com/pgbackrest-restore"),
        *("pgv2.percona.com/pvcs-prepared-at", "pgv2.percona.com/replication-main-site"),
        *("pgv2.percona.com/snapshot-restore",),
    ]
)
_LABELS = frozenset({"kustomize.toolkit.fluxcd.io/name", "kustomize.toolkit.fluxcd.io/namespace"})
_FINALIZERS = frozenset({"internal.percona.com/stop-watchers", "percona.com/stop-watchers"})
_BACKUPS = frozenset({"manual", "restore"})


def applied_view(document: Mapping[str, Any]) -> dict[str, Any]:
    """An object as it may have been applied; the document itself is left as it is.

    What the API server and the operator fill in as defaults stays: that is no difference to a manifest without it.
    """
    result = {key: value for key, value in document.items() if key != "status"}
    if isinstance(result.get("metadata"), dict):
        result["metadata"] = _metadata(result["metadata"])
    if result.get("kind") == "PerconaPGCluster":
        _cut(result, ("spec", "backups", "pgbackrest"), _BACKUPS)
    return result


def _metadata(metadata: Mapping[str, Any]) -> dict[str, Any]:
    result = {key: value for key, value in metadata.items() if key not in _METADATA}
    _cut(result, ("annotations",), _ANNOTATIONS)
    _cut(result, ("labels",), _LABELS)
    finalizers = result.get("finalizers")
    if isinstance(finalizers, list):
        result["finalizers"] = [each for each in finalizers if each not in _FINALIZERS]
    return result


def _cut(document: dict[str, Any], path: tuple[str, ...], keys: frozenset[str]) -> None:
    """Leave keys of a map in it out, with copies of the maps on the way."""
    for step in path:
        below = document.get(step)
        if not isinstance(below, dict):
            return
        document[step] = document = dict(below)
    for key in keys & document.keys():
        del document[key]
