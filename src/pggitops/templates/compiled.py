"""Made from the templates beside it by `make generate`; edit those."""

from typing import Any

from pggitops import units
from pggitops.model import Cluster, Environment
from pggitops.parts import backups, images, instances, names, network, omission, operator, pgbouncer, postgres
from pggitops.parts.omission import omit, without_omitted


def namespace(environment: Environment, watch: list[str] | None) -> dict[str, Any]:
    return {
        "apiVersion": "v1",
        "kind": "Namespace",
        "metadata": without_omitted(
            {
                "name": environment.namespace.name,
                "labels": names.namespace_labels(environment),
                "annotations": omission.or_omit(names.namespace_annotations(environment)),
            }
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
            }
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
            }
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
            }
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
            }
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
            }
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
            }
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
            }
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
            }
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
                    }
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
            }
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
            }
        ),
        "spec": without_omitted(
            {
                "podSelector": {"matchLabels": operator.pod_labels(environment)},
                "policyTypes": network.policy_types(environment),
                "ingress": [],
                "egress": omission.or_omit(network.operator_egress(environment)),
            }
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
            }
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
            }
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
            }
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
                        }
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
                                }
                            ),
                            "jobs": without_omitted(
                                {
                                    "resources": instances.size(cluster.backups.jobs),
                                    "affinity": omission.or_omit(instances.affinity(cluster.instances)),
                                    "tolerations": omission.or_omit(instances.tolerations(cluster.instances)),
                                    "priorityClassName": omission.or_omit(cluster.instances.priority_class),
                                }
                            ),
                            "global": backups.global_options(environment, cluster),
                            "repos": backups.repos(cluster),
                            "configuration": omission.or_omit(backups.configuration(cluster)),
                        }
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
                            }
                        ),
                    },
                    "leaderLeaseDurationSeconds": units.seconds(cluster.postgres.leader_lease),
                    "syncPeriodSeconds": units.seconds(cluster.postgres.sync),
                },
                "authentication": omission.or_omit(postgres.authentication(environment, cluster)),
                "extensions": postgres.extensions(cluster),
                "pmm": omission.or_omit(postgres.pmm(environment, cluster)),
            }
        ),
    }
