"""Environment to manifests: which templates there are, when each is rendered, and to which file.

Reading the TEMPLATES tables tells all objects a repository's `rendered/` holds.
"""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from pggitops import patch
from pggitops.model import Cluster, Environment, Layout, Manifest
from pggitops.parts.engines import delivery_output
from pggitops.parts.secrets import needed
from pggitops.patterns import pattern
from pggitops.record import record
from pggitops.templates import compiled

HEADER = "# Rendered by pggitops from environments/: edit the overlay, not this file.\n"

_NO_FILE_NAME = pattern("[^a-z0-9.-]")


@record
class Template:
    """One template: `name` is its file's, `make` the function compiled from it, `when` whether it is rendered."""

    name: str
    make: Callable[..., dict[str, Any]]
    when: Callable[[Environment], bool] = lambda environment: True


def _operator_here(environment: Environment) -> bool:
    return environment.operator.install and environment.operator.scope == "namespace"


ENVIRONMENT_TEMPLATES = (Template("namespace", compiled.namespace, lambda environment: environment.namespace.create),)

# For each Secret that a store has, before what needs it
SECRET_TEMPLATE = Template("externalsecret", compiled.externalsecret)

OPERATOR_TEMPLATES = (
    Template("operator-serviceaccount", compiled.operator_serviceaccount, _operator_here),
    Template("operator-role", compiled.operator_role, _operator_here),
    Template("operator-rolebinding", compiled.operator_rolebinding, _operator_here),
    Template("operator-deployment", compiled.operator_deployment, _operator_here),
    Template("operator-networkpolicy", compiled.operator_networkpolicy, _operator_here),
)

CLUSTER_TEMPLATES = (
    Template("networkpolicy-default-deny", compiled.networkpolicy_default_deny),
    Template("networkpolicy-jobs", compiled.networkpolicy_jobs),
    Template("networkpolicy-pgbouncer", compiled.networkpolicy_pgbouncer),
    Template("networkpolicy-postgres", compiled.networkpolicy_postgres),
    Template("networkpolicy-repo-host", compiled.networkpolicy_repo_host),
    Template("perconapgcluster", compiled.perconapgcluster),
)

# The operator of scope `cluster`, once per target
TARGET_TEMPLATES = (
    Template("operator-namespace", compiled.operator_namespace),
    Template("operator-serviceaccount", compiled.operator_serviceaccount),
    Template("operator-clusterrole", compiled.operator_clusterrole),
    Template("operator-clusterrolebinding", compiled.operator_clusterrolebinding),
    Template("operator-deployment", compiled.operator_deployment),
    Template("operator-networkpolicy", compiled.operator_networkpolicy),
)


@record
class DeliveryTemplate:
    """What the engine reads of an environment: `folder` is the one that the object sends it to.

    `{cluster}` in it makes one object per cluster. It is rendered where that folder holds something.
    """

    name: str
    make: Callable[..., dict[str, Any]]
    folder: str
    needs_layout: bool = False


DELIVERY_TEMPLATES = {
    "argocd": (
        DeliveryTemplate("argocd-application-environment", compiled.argocd_application_environment, ""),
        DeliveryTemplate("argocd-application-operator", compiled.argocd_application_operator, "operator"),
        DeliveryTemplate("argocd-application-cluster", compiled.argocd_application_cluster, "{cluster}"),
    ),
    "flux": (
        DeliveryTemplate("flux-kustomization-environment", compiled.flux_kustomization_environment, ""),
        DeliveryTemplate("flux-kustomization-operator", compiled.flux_kustomization_operator, "operator", True),
        DeliveryTemplate("flux-kustomization-secrets", compiled.flux_kustomization_secrets, "{cluster}/secrets", True),
        DeliveryTemplate("flux-kustomization-cluster", compiled.flux_kustomization_cluster, "{cluster}", True),
    ),
    "none": (),
}


def render(environment: Environment, keys: patch.ListKeys) -> list[Manifest]:
    """The manifests of an environment, in the order they can be applied; paths are below `rendered/<environment>/`."""
    manifests = [
        _manifest("", template, template.make(environment, None))
        for template in ENVIRONMENT_TEMPLATES
        if template.when(environment)
    ]
    manifests += [
        _manifest("operator/", template, template.make(environment, None))
        for template in OPERATOR_TEMPLATES
        if template.when(environment)
    ]
    secrets = render_secrets(environment)
    manifests += [secret for secret in secrets if not secret.cluster]
    for name in sorted(environment.clusters):
        manifests += [secret for secret in secrets if secret.cluster == name]
        manifests += render_cluster(environment, environment.clusters[name], keys)
    return manifests


def render_secrets(environment: Environment) -> list[Manifest]:
    """The ExternalSecrets, in a folder of their own where they are a cluster's: they must be there before it."""
    manifests = []
    for secret in needed(environment):
        if secret.is_made_by_store:
            name = secret.cluster
            document = SECRET_TEMPLATE.make(environment, environment.clusters[name] if name else None, secret)
            folder = f"{name}/secrets/" if name else ""
            manifests.append(_manifest(folder, SECRET_TEMPLATE, document, name, secret.item))
    return manifests


def render_cluster(environment: Environment, cluster: Cluster, keys: patch.ListKeys) -> list[Manifest]:
    """The manifests of one cluster; its `patch` is applied to the PerconaPGCluster, layer by layer."""
    manifests = []
    for template in CLUSTER_TEMPLATES:
        document = template.make(environment, cluster)
        is_patched = bool(cluster.patch) and template.name == "perconapgcluster"
        if is_patched:
            for layer in cluster.patch:
                document = patch.apply(document, layer, keys)
        manifests.append(_manifest(f"{cluster.name}/", template, document, cluster.name, is_patched=is_patched))
    return manifests


def render_operator(environment: Environment, watch: list[str]) -> list[Manifest]:
    """The operator of scope `cluster` of the environment's target; `watch` its namespaces, [] for all."""
    return [_manifest("", template, template.make(environment, watch)) for template in TARGET_TEMPLATES]


def layout_of(paths: Iterable[str]) -> Layout:
    """Which folders of an environment hold manifests, from the paths of its files."""
    return Layout(frozenset(path.rpartition("/")[0] for path in paths))


def render_delivery(environment: Environment, layout: Layout) -> list[Manifest]:
    """What the engine reads of one environment, in the order it is to be applied."""
    if environment.delivery.engine == "none":
        return []
    output = delivery_output(environment)
    manifests = []
    for template in DELIVERY_TEMPLATES[environment.delivery.engine]:
        more = (layout,) if template.needs_layout else ()
        clusters = sorted(environment.clusters) if "{cluster}" in template.folder else [""]
        for name in clusters:
            if template.folder.format(cluster=name) in layout.folders:
                document = template.make(environment, environment.clusters.get(name), *more)
                manifests.append(Manifest(file_name(document), document, template.name, name, output=output))
    return manifests


def _manifest(
    folder: str,
    template: Template,
    document: dict[str, Any],
    cluster: str = "",
    item: tuple[str | int, ...] = (),
    is_patched: bool = False,
) -> Manifest:
    path = f"{folder}{file_name(document)}"
    return Manifest(path, document, template.name, cluster, item=item, is_patched=is_patched)


def file_name(document: Mapping[str, Any]) -> str:
    """The file of an object: `<kind>-<name>.yaml`, and `namespace.yaml`, of which there is one."""
    return _file_name(document["kind"], document["metadata"]["name"])


@functools.lru_cache(maxsize=1024)
def _file_name(kind: str, name: str) -> str:
    return "namespace.yaml" if kind == "Namespace" else f"{kind.lower()}-{_NO_FILE_NAME().sub('-', name.lower())}.yaml"
