"""Flux: what its Kustomizations and sources are made of.

Sources: docs/spec/v1/kustomizations.md of kustomize-controller v1.9, docs/spec/v1/ of source-controller v1.9.
"""

from __future__ import annotations

from typing import Any

from pggitops.model import Cluster, DeliveredTarget, Delivery, Environment, Layout
from pggitops.parts.engines import (
    crds_object_name,
    engine_namespace,
    environment_object_name,
    operator_object_name,
    secrets_object_name,
    source_path,
)

SOURCE = "pggitops"
"""The source of the fleet's own repository; the Kustomization a person applies once is called so, too."""


def tenant(delivery: Delivery) -> str:
    """The namespace an environment's Kustomizations live in."""
    return delivery.project or engine_namespace(delivery)


def flux_path(delivery: Delivery, *folders: str) -> str:
    """A folder of `rendered/` as a Kustomization's path."""
    return f"./{source_path(delivery, *folders)}"


def source_kind(delivery: Delivery) -> str:
    """GitRepository, or OCIRepository where rendered manifests are shipped as an artifact."""
    return "OCIRepository" if (delivery.repository or "").startswith("oci://") else "GitRepository"


def source_ref(delivery: Delivery) -> dict[str, str]:
    """The fleet's source, which lies beside each Kustomization."""
    return {"kind": source_kind(delivery), "name": SOURCE}


def source_revision(delivery: Delivery) -> dict[str, str]:
    """The branch that is followed, or the tag of an artifact."""
    return {"tag" if source_kind(delivery) == "OCIRepository" else "branch": delivery.revision}


def source_secret(delivery: Delivery) -> dict[str, str] | None:
    """The Secret with the repository's credentials, if it needs one."""
    return {"name": delivery.secret} if delivery.secret else None


def kube_config(delivery: Delivery) -> dict[str, Any] | None:
    """How a remote target is reached; None for the Kubernetes cluster Flux runs in."""
    return {"secretRef": {"name": delivery.kube_config}} if delivery.kube_config else None


def decryption(delivery: Delivery) -> dict[str, Any] | None:
    """The keys to SOPS files, if there are any."""
    return {"provider": "sops", "secretRef": {"name": delivery.decryption}} if delivery.decryption else None


def upstream_name(delivered: DeliveredTarget) -> str:
    """The source of one version of the operator's CRDs."""
    return f"percona-postgresql-operator-{delivered.version.replace('.', '-')}"


def crds_path(delivered: DeliveredTarget) -> str:
    """Where the CRDs lie in their source."""
    if delivered.crds == "vendored":
        return flux_path(delivered.delivery, "targets", delivered.name, "crds")
    return "./deploy"


def crds_source_ref(delivered: DeliveredTarget) -> dict[str, str]:
    """Where the CRDs come from: vendored ones, or the operator's tag."""
    if delivered.crds == "vendored":
        return source_ref(delivered.delivery)
    return {"kind": "GitRepository", "name": upstream_name(delivered)}


def environment_needs(environment: Environment, layout: Layout) -> list[dict[str, str]] | None:
    """What must be ready before anything in the namespace: the namespace, ready manifests."""
    return [{"name": environment_object_name(environment)}] if "" in layout.folders else None


def operator_needs(environment: Environment, layout: Layout) -> list[dict[str, str]]:
    """What must be ready before an environment's own operator: the root, its CRDs, the namespace.

    A commit that raises the version changes the operator's files, and by way of the root where the CRDs come from. The
    CRDs of before are ready; only the root, which has the same source, is asked whether it has read the same commit.
    """
    needs = [_of_target(environment, name) for name in (SOURCE, crds_object_name(environment.target.name))]
    return needs + (environment_needs(environment, layout) or [])


def shared_operator_needs(delivered: DeliveredTarget) -> list[dict[str, str]]:
    """The same before an operator that environments share."""
    home = engine_namespace(delivered.delivery)
    needs = [{"name": SOURCE}, {"name": crds_object_name(delivered.name)}]
    if delivered.host:
        name, namespace = environment_object_name(delivered.host), tenant(delivered.host.delivery)
        needs.append({"name": name} if namespace == home else {"name": name, "namespace": namespace})
    return needs


def cluster_needs(environment: Environment, cluster: Cluster, layout: Layout) -> list[dict[str, str]] | None:
    """What must be ready before a cluster: its environment's objects, its operator, its Secrets."""
    needs = environment_needs(environment, layout) or []
    if "operator" in layout.folders:
        needs.append({"name": operator_object_name(environment)})
    elif environment.operator.install:
        needs.append(_of_target(environment, f"shared-operator-{environment.target.name}"))
    if f"{cluster.name}/secrets" in layout.folders:
        needs.append({"name": secrets_object_name(environment, cluster)})
    return needs or None


def _of_target(environment: Environment, name: str) -> dict[str, str]:
    """A Kustomization of the whole target, which lives with the engine."""
    home = engine_namespace(environment.delivery)
    return {"name": name} if tenant(environment.delivery) == home else {"name": name, "namespace": home}
