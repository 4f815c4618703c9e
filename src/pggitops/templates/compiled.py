"""Made from the templates beside it by `make generate`; edit those."""

from typing import Any

from pggitops import units
from pggitops.model import Cluster, DeliveredTarget, Delivery, Environment, Layout, Project
from pggitops.parts import (
    argocd,
    backups,
    engines,
    external_secrets,
    flux,
    health,
    images,
    instances,
    names,
    network,
    omission,
    operator,
    pgbouncer,
    postgres,
)
from pggitops.parts.omission import omit, without_omitted
from pggitops.parts.secrets import NeededSecret


def argocd_application_cluster(environment: Environment, cluster: Cluster) -> dict[str, Any]:
    return {
        "apiVersion": "argoproj.io/v1alpha1",
        "kind": "Application",
        "metadata": {
            "name": engines.cluster_object_name(environment, cluster),
            "namespace": engines.engine_namespace(environment.delivery),
            "labels": names.common_labels(environment, cluster),
            "annotations": argocd.application_annotations(environment, "cluster", cluster),
        },
        "spec": {
            "project": argocd.argocd_project(environment),
            "source": {
                "repoURL": environment.delivery.repository,
                "targetRevision": environment.delivery.revision,
                "path": engines.source_path(environment.delivery, environment.name, cluster.name),
                "directory": {"recurse": True},
            },
            "destination": {"name": environment.target.name, "namespace": environment.namespace.name},
            "ignoreDifferences": [
                {
                    "group": "pgv2.percona.com",
                    "kind": "PerconaPGCluster",
                    "name": cluster.name,
                    "jsonPointers": argocd.written_by_operator(cluster),
                }
            ],
            "syncPolicy": {
                "automated": {"enabled": True, "prune": environment.delivery.prune, "selfHeal": True},
                "retry": {
                    "limit": 5,
                    "refresh": True,
                    "backoff": {"duration": "10s", "factor": 2, "maxDuration": "5m"},
                },
                "syncOptions": [
                    "ServerSideApply=true",
                    "FailOnSharedResource=true",
                    "RespectIgnoreDifferences=true",
                    "SkipDryRunOnMissingResource=true",
                ],
            },
        },
    }


def argocd_application_crds(delivered: DeliveredTarget) -> dict[str, Any]:
    return {
        "apiVersion": "argoproj.io/v1alpha1",
        "kind": "Application",
        "metadata": {
            "name": engines.crds_object_name(delivered.name),
            "namespace": engines.engine_namespace(delivered.delivery),
            "labels": engines.delivery_labels(delivered),
            "annotations": argocd.annotations_of("crds"),
        },
        "spec": {
            "project": "pggitops-operators",
            "source": argocd.crds_source(delivered),
            "destination": {"name": delivered.name, "namespace": "default"},
            "syncPolicy": {
                "automated": {"enabled": True, "prune": False, "selfHeal": True},
                "retry": {
                    "limit": 5,
                    "refresh": True,
                    "backoff": {"duration": "10s", "factor": 2, "maxDuration": "5m"},
                },
                "syncOptions": ["ServerSideApply=true", "FailOnSharedResource=true", "Prune=false", "Delete=false"],
            },
        },
    }


def argocd_application_environment(environment: Environment, watch: list[str] | None) -> dict[str, Any]:
    return {
        "apiVersion": "argoproj.io/v1alpha1",
        "kind": "Application",
        "metadata": {
            "name": engines.environment_object_name(environment),
            "namespace": engines.engine_namespace(environment.delivery),
            "labels": names.common_labels(environment),
            "annotations": argocd.application_annotations(environment, "environment"),
        },
        "spec": {
            "project": argocd.argocd_project(environment),
            "source": {
                "repoURL": environment.delivery.repository,
                "targetRevision": environment.delivery.revision,
                "path": engines.source_path(environment.delivery, environment.name),
                "directory": {"recurse": False},
            },
            "destination": {"name": environment.target.name, "namespace": environment.namespace.name},
            "syncPolicy": {
                "automated": {"enabled": True, "prune": environment.delivery.prune, "selfHeal": True},
                "retry": {
                    "limit": 5,
                    "refresh": True,
                    "backoff": {"duration": "10s", "factor": 2, "maxDuration": "5m"},
                },
                "syncOptions": ["ServerSideApply=true", "FailOnSharedResource=true"],
            },
        },
    }


def argocd_application_operator(environment: Environment, watch: list[str] | None) -> dict[str, Any]:
    return {
        "apiVersion": "argoproj.io/v1alpha1",
        "kind": "Application",
        "metadata": {
            "name": engines.operator_object_name(environment),
            "namespace": engines.engine_namespace(environment.delivery),
            "labels": names.common_labels(environment),
            "annotations": argocd.application_annotations(environment, "operator"),
        },
        "spec": {
            "project": "pggitops-operators",
            "source": {
                "repoURL": environment.delivery.repository,
                "targetRevision": environment.delivery.revision,
                "path": engines.source_path(environment.delivery, environment.name, "operator"),
                "directory": {"recurse": True},
            },
            "destination": {"name": environment.target.name, "namespace": environment.namespace.name},
            "syncPolicy": {
                "automated": {"enabled": True, "prune": environment.delivery.prune, "selfHeal": True},
                "retry": {
                    "limit": 5,
                    "refresh": True,
                    "backoff": {"duration": "10s", "factor": 2, "maxDuration": "5m"},
                },
                "syncOptions": ["ServerSideApply=true", "FailOnSharedResource=true"],
            },
        },
    }


def argocd_application_root(delivery: Delivery, folder: str) -> dict[str, Any]:
    return {
        "apiVersion": "argoproj.io/v1alpha1",
        "kind": "Application",
        "metadata": {
            "name": "pggitops-root",
            "namespace": engines.engine_namespace(delivery),
            "labels": engines.own_labels(),
        },
        "spec": {
            "project": "pggitops-root",
            "source": {
                "repoURL": delivery.repository,
                "targetRevision": delivery.revision,
                "path": engines.source_path(delivery, folder),
                "directory": {"recurse": True, "exclude": "bootstrap/*"},
            },
            "destination": {
                "server": "https://kubernetes.default.svc",
                "namespace": engines.engine_namespace(delivery),
            },
            "syncPolicy": {
                "automated": {"enabled": True, "prune": False, "selfHeal": True},
                "retry": {
                    "limit": 5,
                    "refresh": True,
                    "backoff": {"duration": "10s", "factor": 2, "maxDuration": "5m"},
                },
                "syncOptions": ["FailOnSharedResource=true"],
            },
        },
    }


def argocd_application_shared_operator(delivered: DeliveredTarget) -> dict[str, Any]:
    return {
        "apiVersion": "argoproj.io/v1alpha1",
        "kind": "Application",
        "metadata": {
            "name": engines.shared_operator_object_name(delivered),
            "namespace": engines.engine_namespace(delivered.delivery),
            "labels": engines.delivery_labels(delivered),
            "annotations": argocd.annotations_of("operator"),
        },
        "spec": {
            "project": "pggitops-operators",
            "source": {
                "repoURL": delivered.delivery.repository,
                "targetRevision": delivered.delivery.revision,
                "path": engines.source_path(delivered.delivery, "targets", delivered.name, "operator"),
                "directory": {"recurse": True},
            },
            "destination": {"name": delivered.name, "namespace": delivered.operator_namespace},
            "syncPolicy": {
                "automated": {"enabled": True, "prune": False, "selfHeal": True},
                "retry": {
                    "limit": 5,
                    "refresh": True,
                    "backoff": {"duration": "10s", "factor": 2, "maxDuration": "5m"},
                },
                "syncOptions": ["ServerSideApply=true", "FailOnSharedResource=true"],
            },
        },
    }


def argocd_appproject(project: Project) -> dict[str, Any]:
    return {
        "apiVersion": "argoproj.io/v1alpha1",
        "kind": "AppProject",
        "metadata": {
            "name": project.name,
            "namespace": engines.engine_namespace(project.delivery),
            "labels": engines.own_labels(),
            "annotations": {"argocd.argoproj.io/sync-wave": "-60"},
        },
        "spec": without_omitted(
            {
                "description": project.description,
                "sourceRepos": argocd.project_sources(project),
                "destinations": argocd.project_destinations(project),
                "clusterResourceWhitelist": argocd.project_cluster_kinds(project),
                "namespaceResourceWhitelist": argocd.project_kinds(project),
                "syncWindows": omission.or_omit(argocd.sync_windows(project)),
            },
            "syncWindows",
        ),
    }


def argocd_configmap(delivery: Delivery) -> dict[str, Any]:
    return {
        "apiVersion": "v1",
        "kind": "ConfigMap",
        "metadata": {
            "name": "argocd-cm",
            "namespace": engines.engine_namespace(delivery),
            "labels": {"app.kubernetes.io/name": "argocd-cm", "app.kubernetes.io/part-of": "argocd"},
        },
        "data": health.argocd(),
    }


def externalsecret(environment: Environment, cluster: Cluster | None, secret: NeededSecret) -> dict[str, Any]:
    return {
        "apiVersion": "external-secrets.io/v1",
        "kind": "ExternalSecret",
        "metadata": without_omitted(
            {
                "name": secret.name,
                "namespace": environment.namespace.name,
                "labels": names.common_labels(environment, cluster),
                "annotations": omission.or_omit(external_secrets.own_annotations(environment, cluster, secret)),
            },
            "annotations",
        ),
        "spec": {
            "refreshPolicy": external_secrets.refresh_policy(secret),
            "refreshInterval": "1h0m0s",
            "secretStoreRef": external_secrets.store_reference(environment),
            "target": {
                "name": secret.name,
                "creationPolicy": external_secrets.creation_policy(secret),
                "deletionPolicy": "Retain",
                "template": without_omitted(
                    {
                        "type": secret.type,
                        "engineVersion": "v2",
                        "mergePolicy": "Replace",
                        "metadata": {"labels": external_secrets.secret_labels(environment, cluster)},
                        "data": omission.or_omit(external_secrets.template_data(secret)),
                    },
                    "data",
                ),
            },
            "data": external_secrets.data(secret),
        },
    }


def flux_kustomization_cluster(environment: Environment, cluster: Cluster, layout: Layout) -> dict[str, Any]:
    return {
        "apiVersion": "kustomize.toolkit.fluxcd.io/v1",
        "kind": "Kustomization",
        "metadata": {
            "name": engines.cluster_object_name(environment, cluster),
            "namespace": flux.tenant(environment.delivery),
            "labels": names.common_labels(environment, cluster),
            "annotations": names.common_annotations(environment, cluster),
        },
        "spec": without_omitted(
            {
                "interval": "1h0m0s",
                "retryInterval": "2m0s",
                "timeout": "15m0s",
                "path": flux.flux_path(environment.delivery, environment.name, cluster.name),
                "sourceRef": flux.source_ref(environment.delivery),
                "dependsOn": omission.or_omit(flux.cluster_needs(environment, cluster, layout)),
                "prune": environment.delivery.prune,
                "deletionPolicy": "Orphan",
                "force": False,
                "wait": True,
                "kubeConfig": omission.or_omit(flux.kube_config(environment.delivery)),
                "healthCheckExprs": health.flux("ExternalSecret", "PerconaPGCluster"),
                "serviceAccountName": omission.or_omit(environment.delivery.service_account),
            },
            "dependsOn",
            "kubeConfig",
            "serviceAccountName",
        ),
    }


def flux_kustomization_crds(delivered: DeliveredTarget) -> dict[str, Any]:
    return {
        "apiVersion": "kustomize.toolkit.fluxcd.io/v1",
        "kind": "Kustomization",
        "metadata": {
            "name": engines.crds_object_name(delivered.name),
            "namespace": engines.engine_namespace(delivered.delivery),
            "labels": engines.delivery_labels(delivered),
        },
        "spec": without_omitted(
            {
                "interval": "1h0m0s",
                "retryInterval": "2m0s",
                "timeout": "5m0s",
                "path": flux.crds_path(delivered),
                "sourceRef": flux.crds_source_ref(delivered),
                "prune": False,
                "deletionPolicy": "Orphan",
                "force": False,
                "wait": True,
                "commonMetadata": {"annotations": {"kustomize.toolkit.fluxcd.io/prune": "disabled"}},
                "kubeConfig": omission.or_omit(flux.kube_config(delivered.delivery)),
            },
            "kubeConfig",
        ),
    }


def flux_kustomization_environment(environment: Environment, watch: list[str] | None) -> dict[str, Any]:
    return {
        "apiVersion": "kustomize.toolkit.fluxcd.io/v1",
        "kind": "Kustomization",
        "metadata": without_omitted(
            {
                "name": engines.environment_object_name(environment),
                "namespace": flux.tenant(environment.delivery),
                "labels": names.common_labels(environment),
                "annotations": omission.or_omit(names.common_annotations(environment)),
            },
            "annotations",
        ),
        "spec": without_omitted(
            {
                "interval": "1h0m0s",
                "retryInterval": "2m0s",
                "timeout": "5m0s",
                "path": flux.flux_path(environment.delivery, environment.name),
                "sourceRef": flux.source_ref(environment.delivery),
                "prune": environment.delivery.prune,
                "deletionPolicy": "Orphan",
                "force": False,
                "wait": True,
                "kubeConfig": omission.or_omit(flux.kube_config(environment.delivery)),
                "healthCheckExprs": health.flux("ExternalSecret", "SealedSecret"),
                "decryption": omission.or_omit(flux.decryption(environment.delivery)),
            },
            "kubeConfig",
            "decryption",
        ),
    }


def flux_kustomization_operator(environment: Environment, cluster: Cluster, layout: Layout) -> dict[str, Any]:
    return {
        "apiVersion": "kustomize.toolkit.fluxcd.io/v1",
        "kind": "Kustomization",
        "metadata": without_omitted(
            {
                "name": engines.operator_object_name(environment),
                "namespace": flux.tenant(environment.delivery),
                "labels": names.common_labels(environment),
                "annotations": omission.or_omit(names.common_annotations(environment)),
            },
            "annotations",
        ),
        "spec": without_omitted(
            {
                "interval": "1h0m0s",
                "retryInterval": "2m0s",
                "timeout": "5m0s",
                "path": flux.flux_path(environment.delivery, environment.name, "operator"),
                "sourceRef": flux.source_ref(environment.delivery),
                "dependsOn": omission.or_omit(flux.operator_needs(environment, layout)),
                "prune": environment.delivery.prune,
                "deletionPolicy": "Orphan",
                "force": False,
                "wait": True,
                "kubeConfig": omission.or_omit(flux.kube_config(environment.delivery)),
            },
            "dependsOn",
            "kubeConfig",
        ),
    }


def flux_kustomization_root(delivery: Delivery, folder: str) -> dict[str, Any]:
    return {
        "apiVersion": "kustomize.toolkit.fluxcd.io/v1",
        "kind": "Kustomization",
        "metadata": {
            "name": "pggitops",
            "namespace": engines.engine_namespace(delivery),
            "labels": engines.own_labels(),
        },
        "spec": {
            "interval": "1h0m0s",
            "retryInterval": "2m0s",
            "timeout": "5m0s",
            "path": flux.flux_path(delivery, folder),
            "sourceRef": flux.source_ref(delivery),
            "prune": False,
            "deletionPolicy": "Orphan",
            "force": False,
            "wait": False,
        },
    }


def flux_kustomization_secrets(environment: Environment, cluster: Cluster, layout: Layout) -> dict[str, Any]:
    return {
        "apiVersion": "kustomize.toolkit.fluxcd.io/v1",
        "kind": "Kustomization",
        "metadata": {
            "name": engines.secrets_object_name(environment, cluster),
            "namespace": flux.tenant(environment.delivery),
            "labels": names.common_labels(environment, cluster),
            "annotations": names.common_annotations(environment, cluster),
        },
        "spec": without_omitted(
            {
                "interval": "1h0m0s",
                "retryInterval": "2m0s",
                "timeout": "5m0s",
                "path": flux.flux_path(environment.delivery, environment.name, cluster.name, "secrets"),
                "sourceRef": flux.source_ref(environment.delivery),
                "dependsOn": omission.or_omit(flux.environment_needs(environment, layout)),
                "prune": environment.delivery.prune,
                "deletionPolicy": "Orphan",
                "force": False,
                "wait": True,
                "kubeConfig": omission.or_omit(flux.kube_config(environment.delivery)),
                "healthCheckExprs": health.flux("ExternalSecret"),
                "serviceAccountName": omission.or_omit(environment.delivery.service_account),
            },
            "dependsOn",
            "kubeConfig",
            "serviceAccountName",
        ),
    }


def flux_kustomization_shared_operator(delivered: DeliveredTarget) -> dict[str, Any]:
    return {
        "apiVersion": "kustomize.toolkit.fluxcd.io/v1",
        "kind": "Kustomization",
        "metadata": {
            "name": engines.shared_operator_object_name(delivered),
            "namespace": engines.engine_namespace(delivered.delivery),
            "labels": engines.delivery_labels(delivered),
        },
        "spec": without_omitted(
            {
                "interval": "1h0m0s",
                "retryInterval": "2m0s",
                "timeout": "5m0s",
                "path": flux.flux_path(delivered.delivery, "targets", delivered.name, "operator"),
                "sourceRef": flux.source_ref(delivered.delivery),
                "dependsOn": flux.shared_operator_needs(delivered),
                "prune": False,
                "deletionPolicy": "Orphan",
                "force": False,
                "wait": True,
                "kubeConfig": omission.or_omit(flux.kube_config(delivered.delivery)),
            },
            "kubeConfig",
        ),
    }


def flux_source(delivery: Delivery, folder: str) -> dict[str, Any]:
    return {
        "apiVersion": "source.toolkit.fluxcd.io/v1",
        "kind": flux.source_kind(delivery),
        "metadata": {"name": "pggitops", "namespace": folder, "labels": engines.own_labels()},
        "spec": without_omitted(
            {
                "interval": "5m0s",
                "url": delivery.repository,
                "ref": flux.source_revision(delivery),
                "secretRef": omission.or_omit(flux.source_secret(delivery)),
            },
            "secretRef",
        ),
    }


def flux_source_upstream(delivered: DeliveredTarget) -> dict[str, Any]:
    return {
        "apiVersion": "source.toolkit.fluxcd.io/v1",
        "kind": "GitRepository",
        "metadata": {
            "name": flux.upstream_name(delivered),
            "namespace": engines.engine_namespace(delivered.delivery),
            "labels": engines.own_labels(),
        },
        "spec": {
            "interval": "24h0m0s",
            "url": "https://github.com/percona/percona-postgresql-operator",
            "ref": {"tag": "v" + str(delivered.version)},
            "ignore": "/*\n!/deploy/\n/deploy/*\n!/deploy/crd.yaml\n",
        },
    }


def namespace(environment: Environment, watch: list[str] | None) -> dict[str, Any]:
    return {
        "apiVersion": "v1",
        "kind": "Namespace",
        "metadata": without_omitted(
            {
                "name": environment.namespace.name,
                "labels": names.namespace_labels(environment),
                "annotations": omission.or_omit(names.namespace_annotations(environment)),
            },
            "annotations",
        ),
    }


def networkpolicy_default_deny(environment: Environment, cluster: Cluster) -> dict[str, Any]:
    return {
        "apiVersion": "networking.k8s.io/v1",
        "kind": "NetworkPolicy",
        "metadata": {
            "name": str(cluster.name) + "-default-deny",
            "namespace": environment.namespace.name,
            "labels": names.common_labels(environment, cluster),
            "annotations": names.common_annotations(environment, cluster),
        },
        "spec": without_omitted(
            {
                "podSelector": {"matchLabels": {"postgres-operator.crunchydata.com/cluster": cluster.name}},
                "policyTypes": network.policy_types(environment),
                "ingress": [],
                "egress": omission.or_omit(network.deny_egress(environment)),
            },
            "egress",
        ),
    }


def networkpolicy_jobs(environment: Environment, cluster: Cluster) -> dict[str, Any]:
    return {
        "apiVersion": "networking.k8s.io/v1",
        "kind": "NetworkPolicy",
        "metadata": {
            "name": str(cluster.name) + "-jobs",
            "namespace": environment.namespace.name,
            "labels": names.common_labels(environment, cluster),
            "annotations": names.common_annotations(environment, cluster),
        },
        "spec": without_omitted(
            {
                "podSelector": network.jobs_selector(cluster.name),
                "policyTypes": network.policy_types(environment),
                "ingress": [],
                "egress": omission.or_omit(network.jobs_egress(environment, cluster)),
            },
            "egress",
        ),
    }


def networkpolicy_pgbouncer(environment: Environment, cluster: Cluster) -> dict[str, Any]:
    return {
        "apiVersion": "networking.k8s.io/v1",
        "kind": "NetworkPolicy",
        "metadata": {
            "name": str(cluster.name) + "-pgbouncer",
            "namespace": environment.namespace.name,
            "labels": names.common_labels(environment, cluster),
            "annotations": names.common_annotations(environment, cluster),
        },
        "spec": without_omitted(
            {
                "podSelector": {
                    "matchLabels": {
                        "postgres-operator.crunchydata.com/cluster": cluster.name,
                        "postgres-operator.crunchydata.com/role": "pgbouncer",
                    }
                },
                "policyTypes": network.policy_types(environment),
                "ingress": network.pgbouncer_ingress(environment, cluster),
                "egress": omission.or_omit(network.pgbouncer_egress(environment, cluster)),
            },
            "egress",
        ),
    }


def networkpolicy_postgres(environment: Environment, cluster: Cluster) -> dict[str, Any]:
    return {
        "apiVersion": "networking.k8s.io/v1",
        "kind": "NetworkPolicy",
        "metadata": {
            "name": str(cluster.name) + "-postgres",
            "namespace": environment.namespace.name,
            "labels": names.common_labels(environment, cluster),
            "annotations": names.common_annotations(environment, cluster),
        },
        "spec": without_omitted(
            {
                "podSelector": {
                    "matchLabels": {
                        "postgres-operator.crunchydata.com/cluster": cluster.name,
                        "postgres-operator.crunchydata.com/data": "postgres",
                    }
                },
                "policyTypes": network.policy_types(environment),
                "ingress": network.postgres_ingress(cluster),
                "egress": omission.or_omit(network.postgres_egress(environment, cluster)),
            },
            "egress",
        ),
    }


def networkpolicy_repo_host(environment: Environment, cluster: Cluster) -> dict[str, Any]:
    return {
        "apiVersion": "networking.k8s.io/v1",
        "kind": "NetworkPolicy",
        "metadata": {
            "name": str(cluster.name) + "-repo-host",
            "namespace": environment.namespace.name,
            "labels": names.common_labels(environment, cluster),
            "annotations": names.common_annotations(environment, cluster),
        },
        "spec": without_omitted(
            {
                "podSelector": {
                    "matchLabels": {
                        "postgres-operator.crunchydata.com/cluster": cluster.name,
                        "postgres-operator.crunchydata.com/data": "pgbackrest",
                    }
                },
                "policyTypes": network.policy_types(environment),
                "ingress": network.repo_host_ingress(environment, cluster),
                "egress": omission.or_omit(network.repo_host_egress(environment, cluster)),
            },
            "egress",
        ),
    }


def operator_clusterrole(environment: Environment, watch: list[str] | None) -> dict[str, Any]:
    return {
        "apiVersion": "rbac.authorization.k8s.io/v1",
        "kind": "ClusterRole",
        "metadata": without_omitted(
            {
                "name": "percona-postgresql-operator",
                "labels": names.operator_labels(environment),
                "annotations": omission.or_omit(names.operator_annotations(environment)),
            },
            "annotations",
        ),
        "rules": operator.rules(environment),
    }


def operator_clusterrolebinding(environment: Environment, watch: list[str] | None) -> dict[str, Any]:
    return {
        "apiVersion": "rbac.authorization.k8s.io/v1",
        "kind": "ClusterRoleBinding",
        "metadata": without_omitted(
            {
                "name": "percona-postgresql-operator",
                "labels": names.operator_labels(environment),
                "annotations": omission.or_omit(names.operator_annotations(environment)),
            },
            "annotations",
        ),
        "roleRef": {
            "apiGroup": "rbac.authorization.k8s.io",
            "kind": "ClusterRole",
            "name": "percona-postgresql-operator",
        },
        "subjects": [
            {
                "kind": "ServiceAccount",
                "name": "percona-postgresql-operator",
                "namespace": names.operator_namespace(environment),
            }
        ],
    }


def operator_deployment(environment: Environment, watch: list[str] | None) -> dict[str, Any]:
    return {
        "apiVersion": "apps/v1",
        "kind": "Deployment",
        "metadata": without_omitted(
            {
                "name": "percona-postgresql-operator",
                "namespace": names.operator_namespace(environment),
                "labels": names.operator_labels(environment),
                "annotations": omission.or_omit(names.operator_annotations(environment)),
            },
            "annotations",
        ),
        "spec": {
            "replicas": 1,
            "strategy": {"type": "Recreate"},
            "selector": {"matchLabels": operator.pod_labels(environment)},
            "template": {
                "metadata": {"labels": operator.pod_labels(environment)},
                "spec": without_omitted(
                    {
                        "serviceAccountName": "percona-postgresql-operator",
                        "imagePullSecrets": omission.or_omit(images.pull_secrets(environment)),
                        "securityContext": {"runAsNonRoot": True, "seccompProfile": {"type": "RuntimeDefault"}},
                        "containers": [operator.container(environment, watch)],
                    },
                    "imagePullSecrets",
                ),
            },
        },
    }


def operator_namespace(environment: Environment, watch: list[str] | None) -> dict[str, Any]:
    return {
        "apiVersion": "v1",
        "kind": "Namespace",
        "metadata": without_omitted(
            {
                "name": names.operator_namespace(environment),
                "labels": names.operator_namespace_labels(environment),
                "annotations": omission.or_omit(names.operator_namespace_annotations(environment)),
            },
            "annotations",
        ),
    }


def operator_networkpolicy(environment: Environment, watch: list[str] | None) -> dict[str, Any]:
    return {
        "apiVersion": "networking.k8s.io/v1",
        "kind": "NetworkPolicy",
        "metadata": without_omitted(
            {
                "name": "percona-postgresql-operator",
                "namespace": names.operator_namespace(environment),
                "labels": names.operator_labels(environment),
                "annotations": omission.or_omit(names.operator_annotations(environment)),
            },
            "annotations",
        ),
        "spec": without_omitted(
            {
                "podSelector": {"matchLabels": operator.pod_labels(environment)},
                "policyTypes": network.policy_types(environment),
                "ingress": [],
                "egress": omission.or_omit(network.operator_egress(environment)),
            },
            "egress",
        ),
    }


def operator_role(environment: Environment, watch: list[str] | None) -> dict[str, Any]:
    return {
        "apiVersion": "rbac.authorization.k8s.io/v1",
        "kind": "Role",
        "metadata": without_omitted(
            {
                "name": "percona-postgresql-operator",
                "namespace": names.operator_namespace(environment),
                "labels": names.operator_labels(environment),
                "annotations": omission.or_omit(names.operator_annotations(environment)),
            },
            "annotations",
        ),
        "rules": operator.rules(environment),
    }


def operator_rolebinding(environment: Environment, watch: list[str] | None) -> dict[str, Any]:
    return {
        "apiVersion": "rbac.authorization.k8s.io/v1",
        "kind": "RoleBinding",
        "metadata": without_omitted(
            {
                "name": "percona-postgresql-operator",
                "namespace": names.operator_namespace(environment),
                "labels": names.operator_labels(environment),
                "annotations": omission.or_omit(names.operator_annotations(environment)),
            },
            "annotations",
        ),
        "roleRef": {"apiGroup": "rbac.authorization.k8s.io", "kind": "Role", "name": "percona-postgresql-operator"},
        "subjects": [
            {
                "kind": "ServiceAccount",
                "name": "percona-postgresql-operator",
                "namespace": names.operator_namespace(environment),
            }
        ],
    }


def operator_serviceaccount(environment: Environment, watch: list[str] | None) -> dict[str, Any]:
    return {
        "apiVersion": "v1",
        "kind": "ServiceAccount",
        "metadata": without_omitted(
            {
                "name": "percona-postgresql-operator",
                "namespace": names.operator_namespace(environment),
                "labels": names.operator_labels(environment),
                "annotations": omission.or_omit(names.operator_annotations(environment)),
            },
            "annotations",
        ),
    }


def perconapgcluster(environment: Environment, cluster: Cluster) -> dict[str, Any]:
    return {
        "apiVersion": "pgv2.percona.com/v2",
        "kind": "PerconaPGCluster",
        "metadata": {
            "name": cluster.name,
            "namespace": environment.namespace.name,
            "labels": names.common_labels(environment, cluster),
            "annotations": names.cluster_annotations(environment, cluster),
        },
        "spec": without_omitted(
            {
                "crVersion": images.cr_version(environment, cluster),
                "postgresVersion": cluster.postgres.version,
                "image": images.image(environment, cluster, "postgres", cluster.postgres.image),
                "imagePullPolicy": "IfNotPresent",
                "imagePullSecrets": omission.or_omit(images.pull_secrets(environment)),
                "initContainer": omission.or_omit(images.init_container(environment, cluster)),
                "openshift": (True if (environment.target.platform == "openshift") else omit),
                "pause": cluster.pause,
                "port": 5432,
                "tlsOnly": cluster.tls.only,
                "autoCreateUserSchema": True,
                "metadata": omission.or_omit(postgres.metadata(environment, cluster)),
                "secrets": omission.or_omit(postgres.secrets(cluster)),
                "standby": postgres.standby(cluster),
                "dataSource": omission.or_omit(postgres.data_source(environment, cluster)),
                "databaseInitSQL": omission.or_omit(postgres.init_sql(cluster)),
                "expose": {"type": "ClusterIP"},
                "exposeReplicas": {"type": "ClusterIP"},
                "users": postgres.users(cluster),
                "instances": instances.instances(cluster),
                "proxy": {
                    "pgBouncer": without_omitted(
                        {
                            "image": images.image(environment, cluster, "pgbouncer", cluster.pgbouncer.image),
                            "replicas": cluster.pgbouncer.replicas,
                            "port": 5432,
                            "exposeSuperusers": False,
                            "expose": pgbouncer.exposed(environment, cluster.pgbouncer.expose),
                            "config": {"global": pgbouncer.settings(cluster.pgbouncer)},
                            "resources": instances.resources(cluster.pgbouncer),
                            "topologySpreadConstraints": omission.or_omit(pgbouncer.pod_spread(cluster)),
                            "affinity": omission.or_omit(instances.affinity(cluster.pgbouncer)),
                            "tolerations": omission.or_omit(instances.tolerations(cluster.pgbouncer)),
                            "priorityClassName": omission.or_omit(cluster.pgbouncer.priority_class),
                            "minAvailable": omission.or_omit(cluster.pgbouncer.min_available),
                        },
                        "topologySpreadConstraints",
                        "affinity",
                        "tolerations",
                        "priorityClassName",
                        "minAvailable",
                    )
                },
                "backups": {
                    "enabled": cluster.backups.enabled,
                    "trackLatestRestorableTime": cluster.backups.enabled,
                    "pgbackrest": without_omitted(
                        {
                            "image": images.image(environment, cluster, "pgbackrest", cluster.backups.image),
                            "repoHost": without_omitted(
                                {
                                    "resources": instances.size(cluster.backups.repo_host),
                                    "affinity": omission.or_omit(instances.affinity(cluster.instances)),
                                    "tolerations": omission.or_omit(instances.tolerations(cluster.instances)),
                                    "priorityClassName": omission.or_omit(cluster.instances.priority_class),
                                },
                                "affinity",
                                "tolerations",
                                "priorityClassName",
                            ),
                            "jobs": without_omitted(
                                {
                                    "resources": instances.size(cluster.backups.jobs),
                                    "affinity": omission.or_omit(instances.affinity(cluster.instances)),
                                    "tolerations": omission.or_omit(instances.tolerations(cluster.instances)),
                                    "priorityClassName": omission.or_omit(cluster.instances.priority_class),
                                },
                                "affinity",
                                "tolerations",
                                "priorityClassName",
                            ),
                            "global": backups.global_options(environment, cluster),
                            "repos": backups.repos(cluster),
                            "configuration": omission.or_omit(backups.configuration(cluster)),
                        },
                        "configuration",
                    ),
                },
                "patroni": {
                    "dynamicConfiguration": {
                        "synchronous_mode": postgres.is_synchronous(cluster),
                        "synchronous_mode_strict": (cluster.postgres.synchronous == "strict"),
                        "postgresql": without_omitted(
                            {
                                "parameters": postgres.parameters(cluster),
                                "pg_hba": omission.or_omit(postgres.hba_lines(environment, cluster)),
                            },
                            "pg_hba",
                        ),
                    },
                    "leaderLeaseDurationSeconds": units.seconds(cluster.postgres.leader_lease),
                    "syncPeriodSeconds": units.seconds(cluster.postgres.sync),
                },
                "authentication": omission.or_omit(postgres.authentication(environment, cluster)),
                "extensions": postgres.extensions(cluster),
                "pmm": omission.or_omit(postgres.pmm(environment, cluster)),
            },
            "imagePullSecrets",
            "initContainer",
            "openshift",
            "metadata",
            "secrets",
            "dataSource",
            "databaseInitSQL",
            "authentication",
            "pmm",
        ),
    }
