"""Which image runs: from the operator version's data, its registry from the overlay."""

from __future__ import annotations

from pggitops import operators
from pggitops.model import Cluster, Environment


def registered(environment: Environment, image: str) -> str:
    """An image of the data under the overlay's registry: `percona/x:1` becomes `<registry>/x:1`."""
    if not environment.registry:
        return image
    return f"{environment.registry}/{image.rpartition('/')[2]}"


def cr_version(environment: Environment, cluster: Cluster) -> str:
    """The version whose behaviour the cluster has: its own, else the operator's."""
    return cluster.cr_version or environment.operator.version


def image(environment: Environment, cluster: Cluster, component: str, override: str | None = None) -> str:
    """The image of `postgres`, `pgbouncer` or `pgbackrest` that belongs to the cluster's crVersion and major."""
    if override:
        return override
    images = operators.facts(cr_version(environment, cluster))["images"][component]
    return registered(environment, images[str(cluster.postgres.version)])


def pmm_image(environment: Environment, cluster: Cluster) -> str:
    """The PMM client of the server's major version."""
    pmm = cluster.monitoring.pmm
    if pmm is None:
        return ""
    images = operators.facts(cr_version(environment, cluster))["images"]
    return pmm.image or registered(environment, images[f"pmm{pmm.version}"])


def operator_image(environment: Environment) -> str:
    """The operator's own image."""
    version = environment.operator.version
    return environment.operator.image or registered(environment, operators.facts(version)["images"]["operator"])


def init_container(environment: Environment, cluster: Cluster) -> dict[str, str] | None:
    """`spec.initContainer` where crVersion lags the operator, else None.

    The operator would build the image's name from its own by cutting at the first colon, which breaks a registry with a
    port and a digest (percona/k8s/util.go).
    """
    version = cr_version(environment, cluster)
    if version == environment.operator.version:
        return None
    return {"image": registered(environment, operators.facts(version)["images"]["operator"])}


def pull_secrets(environment: Environment) -> list[dict[str, str]] | None:
    """The Secrets the images are pulled with, if any."""
    return [{"name": name} for name in environment.image_pull_secrets] or None
