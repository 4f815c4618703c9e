"""Argo CD: what its Applications and AppProjects are made of.

Sources: argo-cd v3.5 docs/user-guide/sync-options.md, sync-waves.md, diff-strategies.md, operator-manual/project.yaml.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from pggitops.model import Cluster, DeliveredTarget, Environment, Project, SyncWindow
from pggitops.parts.engines import UPSTREAM, engine_namespace, source_path
from pggitops.parts.names import common_annotations, name_and

WAVES = {"environment": "-50", "crds": "-40", "operator": "-30", "cluster": "0"}
"""The order in which the root Application makes the others; each wave waits until the one before is healthy."""

OPERATORS = "pggitops-operators"
"""The AppProject of CRDs and operators: what may touch cluster-wide objects and roles."""

ROOT = "pggitops-root"
"""The Application a person applies once, and its AppProject."""


def application_annotations(environment: Environment, layer: str, cluster: Cluster | None = None) -> dict[str, str]:
    """The annotations of an Application of an environment."""
    return common_annotations(environment, cluster) | annotations_of(layer)


def annotations_of(layer: str) -> dict[str, str]:
    """How an Application of a layer is compared, when it is refreshed and in which wave the root makes it.

    Differences are what the API server says they are, for only it knows the defaults of a custom resource. In a
    repository of many Applications only changes below the own path matter.
    """
    return {
        "argocd.argoproj.io/compare-options": "ServerSideDiff=true",
        "argocd.argoproj.io/manifest-generate-paths": ".",
        "argocd.argoproj.io/sync-wave": WAVES[layer],
    }


def argocd_project(environment: Environment) -> str:
    """The AppProject of an environment's own objects."""
    return environment.delivery.project or "databases"


def crds_source(delivered: DeliveredTarget) -> dict[str, Any]:
    """The CRDs: vendored ones, or `deploy/crd.yaml` of the operator's tag."""
    delivery = delivered.delivery
    if delivered.crds == "vendored":
        return {
            "repoURL": delivery.repository,
            "targetRevision": delivery.revision,
            "path": source_path(delivery, "targets", delivered.name, "crds"),
            "directory": {"recurse": True},
        }
    return {
        "repoURL": f"{UPSTREAM}.git",
        "targetRevision": f"v{delivered.version}",
        "path": "deploy",
        "directory": {"include": "crd.yaml"},
    }


_WRITTEN = ["/spec/backups/pgbackrest/manual", "/spec/backups/pgbackrest/restore"]
_WRITTEN_IN_UPGRADE = [
    "/spec/pause",
    "/spec/postgresVersion",
    "/spec/image",
    "/spec/proxy/pgBouncer/image",
    "/spec/backups/pgbackrest/image",
]


def written_by_operator(cluster: Cluster) -> list[str]:
    """The fields of the PerconaPGCluster that the operator writes: at backups and restores, and in a declared upgrade.

    Sources: pgbackup/controller.go, pgrestore/utils/pgbackrest.go, pgupgrade/controller.go.
    """
    return _WRITTEN + (_WRITTEN_IN_UPGRADE if cluster.upgrade else [])


def project_destinations(project: Project) -> Iterator[dict[str, str]]:
    """Where a project may apply: each namespace of each target by name, and Argo CD's own for the root."""
    if project.name == ROOT:
        yield {"server": "https://kubernetes.default.svc", "namespace": engine_namespace(project.delivery)}
    for target, namespace in project.destinations:
        yield {"name": target, "namespace": namespace}


def project_sources(project: Project) -> list[str]:
    """The repositories a project may apply from, exactly."""
    return list(project.sources)


def project_cluster_kinds(project: Project) -> Iterator[dict[str, str]]:
    """The cluster-wide objects a project may touch, by kind and name."""
    for group, kind, name in project.cluster_kinds:
        yield {"group": group, "kind": kind, "name": name}


def project_kinds(project: Project) -> list[dict[str, str]]:
    """The namespaced kinds a project may touch; Secret is none of them: a plain one would lie in Git."""
    return [{"group": group, "kind": kind} for group, kind in project.kinds]


def sync_windows(project: Project) -> list[dict[str, Any]] | None:
    """A project's windows, if it has any."""
    return [_window(window) for window in project.windows] or None


def _window(window: SyncWindow) -> dict[str, Any]:
    return name_and(
        {"kind": window.kind, "schedule": window.schedule, "duration": window.duration},
        timeZone=window.time_zone,
        applications=list(window.applications),
        namespaces=list(window.namespaces),
        clusters=list(window.clusters),
        manualSync=window.manual_sync or None,
        syncOverrun=window.sync_overrun or None,
        andOperator=window.and_operator or None,
        description=window.description,
    )
