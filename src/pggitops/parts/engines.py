"""What Argo CD and Flux share: names, places and sources of the objects that deliver an environment."""

from __future__ import annotations

from pggitops.model import Cluster, DeliveredTarget, Delivery, Environment, EnvironmentSummary

NAMESPACES = {"argocd": "argocd", "flux": "flux-system"}
"""Where each engine lives unless the overlay says otherwise."""

HUB = "hub"
"""The instance of an engine that delivers to several Kubernetes clusters."""

UPSTREAM = "https://github.com/percona/percona-postgresql-operator"
"""Where the operator's own CRDs are: `deploy/crd.yaml` of the tag `v<version>`."""


def engine_namespace(delivery: Delivery) -> str:
    """The namespace the engine lives in."""
    return delivery.namespace or NAMESPACES[delivery.engine]


def delivery_folder(delivery: Delivery, target: str) -> str:
    """The folder of `rendered/` that one engine reads as a whole; a Flux without `kubeConfig` is its target's own."""
    is_local = delivery.engine == "flux" and not delivery.kube_config
    return f"{delivery.engine}/{delivery.instance or (target if is_local else HUB)}"


def delivery_output(environment: Environment) -> str:
    """The folder of `rendered/` that holds what the engine reads of one environment."""
    return f"{delivery_folder(environment.delivery, environment.target.name)}/environments/{environment.name}"


def source_path(delivery: Delivery, *folders: str) -> str:
    """A folder of `rendered/`, as the engine finds it in the repository."""
    top = (delivery.path, "rendered") if delivery.path else ("rendered",)
    return "/".join([*top, *folders])


def environment_object_name(environment: Environment) -> str:
    """The Application or Kustomization of an environment's top-level files."""
    return f"env-{environment.name}"


def operator_object_name(environment: Environment) -> str:
    """The Application or Kustomization of an environment's own operator."""
    return f"operator-{environment.name}"


def cluster_object_name(environment: Environment, cluster: Cluster) -> str:
    """The Application or Kustomization of one cluster; never the cluster's own name.

    Argo CD with label tracking would take the operator's volumes for part of an Application that is called like the
    cluster, for they carry `app.kubernetes.io/instance` and have no owner (internal/naming/labels.go).
    """
    return f"db-{environment.name}-{cluster.name}"


def secrets_object_name(environment: Environment, cluster: Cluster) -> str:
    """The Kustomization of a cluster's Secrets."""
    return f"secrets-{environment.name}-{cluster.name}"


ROOTS = {"flux": "pggitops", "argocd": "pggitops-root"}
"""What a person applies once is called so."""


def object_names(summary: EnvironmentSummary) -> list[tuple[str, str]]:
    """The names of what delivers an environment and its target, each with the cluster it is of, or none.

    What belongs to the target is named once for all its environments, so it clashes with nothing of theirs.
    """
    names = [(f"env-{summary.name}", ""), (f"operator-{summary.name}", "")]
    for cluster in summary.clusters:
        names.append((f"db-{summary.name}-{cluster}", cluster))
    return names


def crds_object_name(target: str) -> str:
    """The Application or Kustomization of a target's CRDs."""
    return f"crds-{target}"


def shared_operator_object_name(delivered: DeliveredTarget) -> str:
    """The Application or Kustomization of the operator that environments of a target share."""
    return f"shared-operator-{delivered.name}"


def delivery_labels(delivered: DeliveredTarget) -> dict[str, str]:
    """The labels of what is delivered for a whole target."""
    return {"app.kubernetes.io/managed-by": "pggitops", "pggitops/target": delivered.name}


def own_labels() -> dict[str, str]:
    """The labels of what belongs to the whole fleet."""
    return {"app.kubernetes.io/managed-by": "pggitops"}
