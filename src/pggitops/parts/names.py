"""Names and labels: what the operator calls things, and what every rendered object carries."""

from __future__ import annotations

from typing import Any

from pggitops.model import BootstrapSource, Cluster, Environment, Repo, User
from pggitops.parts.sharing import shared

PREFIX = "postgres-operator.crunchydata.com"
OPERATOR = "percona-postgresql-operator"

_NOTHING: tuple[Any, ...] = (None, (), [], {})


def pods(cluster: str, **labels: str) -> dict[str, str]:
    """The labels that select some of a cluster's pods: `pods(name, data="postgres")`."""
    return {f"{PREFIX}/cluster": cluster} | {f"{PREFIX}/{name}": value for name, value in labels.items()}


@shared
def common_labels(environment: Environment, cluster: Cluster | None = None) -> dict[str, str]:
    """The labels of every rendered object: whose it is, then the overlay's own."""
    own = {
        "app.kubernetes.io/managed-by": "pggitops",
        "pggitops/environment": environment.name,
        "pggitops/tier": environment.tier_of(cluster) if cluster else environment.tier,
    }
    return own | dict(environment.labels) | (dict(cluster.labels) if cluster else {})


@shared
def common_annotations(environment: Environment, cluster: Cluster | None = None) -> dict[str, str]:
    """The annotations of every rendered object; a cluster's say who owns it."""
    own = dict(environment.annotations)
    if cluster:
        own["pggitops/owner"] = cluster.owner
        if cluster.description:
            own["pggitops/description"] = cluster.description
        own |= cluster.annotations
    return own


def guards(environment: Environment, protected: bool) -> dict[str, str]:
    """The annotations that keep the GitOps engine from pruning or deleting an object that holds data.

    Argo CD needs both options: Prune=false alone does not survive the deletion of the Application (argo-cd#12388).
    """
    engine = environment.delivery.engine
    if not protected or engine == "none":
        return {}
    if engine == "argocd":
        return {"argocd.argoproj.io/sync-options": "Prune=false,Delete=false"}
    return {"kustomize.toolkit.fluxcd.io/prune": "disabled"}


def is_protected(environment: Environment, cluster: Cluster) -> bool:
    """Whether prune and delete guards stand on the cluster: everywhere but in development, unless it says otherwise."""
    if cluster.protected is not None:
        return cluster.protected
    return environment.tier_of(cluster) != "development"


def cluster_annotations(environment: Environment, cluster: Cluster) -> dict[str, str]:
    """The annotations of the PerconaPGCluster."""
    return common_annotations(environment, cluster) | guards(environment, is_protected(environment, cluster))


def namespace_labels(environment: Environment) -> dict[str, str]:
    """The labels of the Namespace: Pod Security admission, and who manages it."""
    security = pod_security(environment.namespace.pod_security)
    return common_labels(environment) | security | dict(environment.namespace.labels)


def namespace_annotations(environment: Environment) -> dict[str, str]:
    """The annotations of the Namespace: it takes all with it, so it is guarded wherever one cluster is."""
    protected = any(is_protected(environment, cluster) for cluster in environment.clusters.values())
    return common_annotations(environment) | guards(environment, protected) | dict(environment.namespace.annotations)


def operator_labels(environment: Environment) -> dict[str, str]:
    """The labels of the operator's objects: the environment's, or the target's where environments share it."""
    if environment.operator.scope == "cluster":
        return {"app.kubernetes.io/managed-by": "pggitops", "pggitops/target": environment.target.name}
    return common_labels(environment)


def operator_annotations(environment: Environment) -> dict[str, str]:
    """The annotations of the operator's objects; none where environments share it."""
    return {} if environment.operator.scope == "cluster" else common_annotations(environment)


def operator_namespace_labels(environment: Environment) -> dict[str, str]:
    """The labels of the Namespace of an operator of scope `cluster`; its Deployment is admissible as `restricted`."""
    return operator_labels(environment) | pod_security("restricted")


def operator_namespace_annotations(environment: Environment) -> dict[str, str]:
    """The annotations of that Namespace: without the operator, no database is looked after."""
    return guards(environment, protected=True)


def pod_security(level: str) -> dict[str, str]:
    """The labels of Pod Security admission."""
    return {f"pod-security.kubernetes.io/{mode}": level for mode in ("enforce", "audit", "warn")}


def backup_secret(cluster: Cluster, repo: Repo) -> str:
    """The Secret with a repository's keys and pass phrase; its keys become files in pgBackRest's configuration."""
    return repo.credentials.secret or f"{cluster.name}-pgbackrest-secrets"


def bootstrap_secret(cluster: Cluster, source: BootstrapSource) -> str:
    """The Secret that opens the repository a cluster starts from."""
    return source.credentials.secret or f"{cluster.name}-pgbackrest-secrets"


def user_secret(cluster: Cluster, user: User) -> str:
    """The Secret with a user's password, which the operator completes with addresses and URIs."""
    return user.secret or f"{cluster.name}-pguser-{user.name}"


def pmm_secret(cluster: Cluster) -> str:
    """The Secret with the PMM server's token or key."""
    pmm = cluster.monitoring.pmm
    return (pmm and pmm.secret) or f"{cluster.name}-pmm-secret"


def operator_namespace(environment: Environment) -> str:
    """Where the operator that watches this environment runs."""
    operator = environment.operator
    if operator.scope == "cluster" or not operator.install:
        return operator.namespace or environment.namespace.name
    return environment.namespace.name


def name_and(mapping: dict[str, Any], **more: Any) -> dict[str, Any]:
    """A map with those of `more` that hold something: how optional fields are left out."""
    return mapping | {name: value for name, value in more.items() if value not in _NOTHING}
