"""Small typed functions that templates call: each builds one list or map of a manifest, or one value."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from pggitops import units
from pggitops.parts import backups, images, instances, names, network, operator, pgbouncer, postgres
from pggitops.parts.omission import or_omit

FUNCTIONS: Mapping[str, Callable[..., Any]] = {
    "affinity": instances.affinity,
    "authentication": postgres.authentication,
    "backup_configuration": backups.configuration,
    "cluster_annotations": names.cluster_annotations,
    "common_annotations": names.common_annotations,
    "common_labels": names.common_labels,
    "cr_version": images.cr_version,
    "data_source": postgres.data_source,
    "deny_egress": network.deny_egress,
    "expose": pgbouncer.exposed,
    "extensions": postgres.extensions,
    "hba_lines": postgres.hba_lines,
    "image": images.image,
    "init_container": images.init_container,
    "init_sql": postgres.init_sql,
    "instances": instances.instances,
    "is_synchronous": postgres.is_synchronous,
    "jobs_egress": network.jobs_egress,
    "jobs_selector": network.jobs_selector,
    "metadata": postgres.metadata,
    "namespace_annotations": names.namespace_annotations,
    "namespace_labels": names.namespace_labels,
    "operator_annotations": names.operator_annotations,
    "operator_container": operator.container,
    "operator_egress": network.operator_egress,
    "operator_labels": names.operator_labels,
    "operator_namespace": names.operator_namespace,
    "operator_namespace_annotations": names.operator_namespace_annotations,
    "operator_namespace_labels": names.operator_namespace_labels,
    "operator_pod_labels": operator.pod_labels,
    "operator_rules": operator.rules,
    "or_omit": or_omit,
    "parameters": postgres.parameters,
    "pgbackrest_options": backups.global_options,
    "pgbouncer_egress": network.pgbouncer_egress,
    "pgbouncer_ingress": network.pgbouncer_ingress,
    "pgbouncer_settings": pgbouncer.settings,
    "pgbouncer_spread": pgbouncer.pod_spread,
    "pmm": postgres.pmm,
    "policy_types": network.policy_types,
    "postgres_egress": network.postgres_egress,
    "postgres_ingress": network.postgres_ingress,
    "pull_secrets": images.pull_secrets,
    "repo_host_egress": network.repo_host_egress,
    "repo_host_ingress": network.repo_host_ingress,
    "repos": backups.repos,
    "resources": instances.resources,
    "seconds": units.seconds,
    "secrets": postgres.secrets,
    "size": instances.size,
    "standby": postgres.standby,
    "tolerations": instances.tolerations,
    "users": postgres.users,
}
"""What an expression of a template may call, by name."""
