"""Made from the templates beside it by `make generate`; edit those.

Each function gives the file of the object that the template of its name has made: the header, then what `yamlio.dump`
writes.
"""

from collections.abc import Callable
from typing import Any

from pggitops.yamlio import field, optional, scalar, written


def argocd_application_cluster(document: dict[str, Any]) -> str:
    metadata = document["metadata"]
    spec = document["spec"]
    source = spec["source"]
    destination = spec["destination"]
    ignoreDifferences = spec["ignoreDifferences"]
    ignoreDifferences_0 = ignoreDifferences[0]
    syncPolicy = spec["syncPolicy"]
    automated = syncPolicy["automated"]
    return (
        "# Rendered by pggitops from environments/: edit the overlay, not this file.\n"
        "apiVersion: argoproj.io/v1alpha1\n"
        "kind: Application\n"
        "metadata:\n"
        "  name: "
        f"""{written(metadata["name"]) or scalar(metadata["name"], "  ")}"""
        "\n"
        "  namespace: "
        f"""{written(metadata["namespace"]) or scalar(metadata["namespace"], "  ")}"""
        "\n"
        f"""{field("  labels:", metadata["labels"], "  ")}"""
        f"""{field("  annotations:", metadata["annotations"], "  ")}"""
        "spec:\n"
        "  project: "
        f"""{written(spec["project"]) or scalar(spec["project"], "  ")}"""
        "\n"
        "  source:\n"
        "    repoURL: "
        f"""{written(source["repoURL"]) or scalar(source["repoURL"], "    ")}"""
        "\n"
        "    targetRevision: "
        f"""{written(source["targetRevision"]) or scalar(source["targetRevision"], "    ")}"""
        "\n"
        "    path: "
        f"""{written(source["path"]) or scalar(source["path"], "    ")}"""
        "\n"
        "    directory:\n"
        "      recurse: true\n"
        "  destination:\n"
        "    name: "
        f"""{written(destination["name"]) or scalar(destination["name"], "    ")}"""
        "\n"
        "    namespace: "
        f"""{written(destination["namespace"]) or scalar(destination["namespace"], "    ")}"""
        "\n"
        "  ignoreDifferences:\n"
        "  - group: pgv2.percona.com\n"
        "    kind: PerconaPGCluster\n"
        "    name: "
        f"""{written(ignoreDifferences_0["name"]) or scalar(ignoreDifferences_0["name"], "    ")}"""
        "\n"
        f"""{field("    jsonPointers:", ignoreDifferences_0["jsonPointers"], "    ")}"""
        "  syncPolicy:\n"
        "    automated:\n"
        "      enabled: true\n"
        "      prune: "
        f"""{written(automated["prune"]) or scalar(automated["prune"], "      ")}"""
        "\n"
        "      selfHeal: true\n"
        "    retry:\n"
        "      limit: 5\n"
        "      refresh: true\n"
        "      backoff:\n"
        "        duration: 10s\n"
        "        factor: 2\n"
        "        maxDuration: 5m\n"
        "    syncOptions:\n"
        "    - ServerSideApply=true\n"
        "    - FailOnSharedResource=true\n"
        "    - RespectIgnoreDifferences=true\n"
        "    - SkipDryRunOnMissingResource=true\n"
    )


def argocd_application_environment(document: dict[str, Any]) -> str:
    metadata = document["metadata"]
    spec = document["spec"]
    source = spec["source"]
    destination = spec["destination"]
    syncPolicy = spec["syncPolicy"]
    automated = syncPolicy["automated"]
    return (
        "# Rendered by pggitops from environments/: edit the overlay, not this file.\n"
        "apiVersion: argoproj.io/v1alpha1\n"
        "kind: Application\n"
        "metadata:\n"
        "  name: "
        f"""{written(metadata["name"]) or scalar(metadata["name"], "  ")}"""
        "\n"
        "  namespace: "
        f"""{written(metadata["namespace"]) or scalar(metadata["namespace"], "  ")}"""
        "\n"
        f"""{field("  labels:", metadata["labels"], "  ")}"""
        f"""{field("  annotations:", metadata["annotations"], "  ")}"""
        "spec:\n"
        "  project: "
        f"""{written(spec["project"]) or scalar(spec["project"], "  ")}"""
        "\n"
        "  source:\n"
        "    repoURL: "
        f"""{written(source["repoURL"]) or scalar(source["repoURL"], "    ")}"""
        "\n"
        "    targetRevision: "
        f"""{written(source["targetRevision"]) or scalar(source["targetRevision"], "    ")}"""
        "\n"
        "    path: "
        f"""{written(source["path"]) or scalar(source["path"], "    ")}"""
        "\n"
        "    directory:\n"
        "      recurse: false\n"
        "  destination:\n"
        "    name: "
        f"""{written(destination["name"]) or scalar(destination["name"], "    ")}"""
        "\n"
        "    namespace: "
        f"""{written(destination["namespace"]) or scalar(destination["namespace"], "    ")}"""
        "\n"
        "  syncPolicy:\n"
        "    automated:\n"
        "      enabled: true\n"
        "      prune: "
        f"""{written(automated["prune"]) or scalar(automated["prune"], "      ")}"""
        "\n"
        "      selfHeal: true\n"
        "    retry:\n"
        "      limit: 5\n"
        "      refresh: true\n"
        "      backoff:\n"
        "        duration: 10s\n"
        "        factor: 2\n"
        "        maxDuration: 5m\n"
        "    syncOptions:\n"
        "    - ServerSideApply=true\n"
        "    - FailOnSharedResource=true\n"
    )


def argocd_application_operator(document: dict[str, Any]) -> str:
    metadata = document["metadata"]
    spec = document["spec"]
    source = spec["source"]
    destination = spec["destination"]
    syncPolicy = spec["syncPolicy"]
    automated = syncPolicy["automated"]
    return (
        "# Rendered by pggitops from environments/: edit the overlay, not this file.\n"
        "apiVersion: argoproj.io/v1alpha1\n"
        "kind: Application\n"
        "metadata:\n"
        "  name: "
        f"""{written(metadata["name"]) or scalar(metadata["name"], "  ")}"""
        "\n"
        "  namespace: "
        f"""{written(metadata["namespace"]) or scalar(metadata["namespace"], "  ")}"""
        "\n"
        f"""{field("  labels:", metadata["labels"], "  ")}"""
        f"""{field("  annotations:", metadata["annotations"], "  ")}"""
        "spec:\n"
        "  project: pggitops-operators\n"
        "  source:\n"
        "    repoURL: "
        f"""{written(source["repoURL"]) or scalar(source["repoURL"], "    ")}"""
        "\n"
        "    targetRevision: "
        f"""{written(source["targetRevision"]) or scalar(source["targetRevision"], "    ")}"""
        "\n"
        "    path: "
        f"""{written(source["path"]) or scalar(source["path"], "    ")}"""
        "\n"
        "    directory:\n"
        "      recurse: true\n"
        "  destination:\n"
        "    name: "
        f"""{written(destination["name"]) or scalar(destination["name"], "    ")}"""
        "\n"
        "    namespace: "
        f"""{written(destination["namespace"]) or scalar(destination["namespace"], "    ")}"""
        "\n"
        "  syncPolicy:\n"
        "    automated:\n"
        "      enabled: true\n"
        "      prune: "
        f"""{written(automated["prune"]) or scalar(automated["prune"], "      ")}"""
        "\n"
        "      selfHeal: true\n"
        "    retry:\n"
        "      limit: 5\n"
        "      refresh: true\n"
        "      backoff:\n"
        "        duration: 10s\n"
        "        factor: 2\n"
        "        maxDuration: 5m\n"
        "    syncOptions:\n"
        "    - ServerSideApply=true\n"
        "    - FailOnSharedResource=true\n"
    )


def externalsecret(document: dict[str, Any]) -> str:
    metadata = document["metadata"]
    spec = document["spec"]
    target = spec["target"]
    template = target["template"]
    template_metadata = template["metadata"]
    return (
        "# Rendered by pggitops from environments/: edit the overlay, not this file.\n"
        "apiVersion: external-secrets.io/v1\n"
        "kind: ExternalSecret\n"
        "metadata:\n"
        "  name: "
        f"""{written(metadata["name"]) or scalar(metadata["name"], "  ")}"""
        "\n"
        "  namespace: "
        f"""{written(metadata["namespace"]) or scalar(metadata["namespace"], "  ")}"""
        "\n"
        f"""{field("  labels:", metadata["labels"], "  ")}"""
        f"""{optional("  annotations:", metadata, "annotations", "  ")}"""
        "spec:\n"
        "  refreshPolicy: "
        f"""{written(spec["refreshPolicy"]) or scalar(spec["refreshPolicy"], "  ")}"""
        "\n"
        '  refreshInterval: "1h0m0s"\n'
        f"""{field("  secretStoreRef:", spec["secretStoreRef"], "  ")}"""
        "  target:\n"
        "    name: "
        f"""{written(target["name"]) or scalar(target["name"], "    ")}"""
        "\n"
        "    creationPolicy: "
        f"""{written(target["creationPolicy"]) or scalar(target["creationPolicy"], "    ")}"""
        "\n"
        "    deletionPolicy: Retain\n"
        "    template:\n"
        "      type: "
        f"""{written(template["type"]) or scalar(template["type"], "      ")}"""
        "\n"
        "      engineVersion: v2\n"
        "      mergePolicy: Replace\n"
        "      metadata:\n"
        f"""{field("        labels:", template_metadata["labels"], "        ")}"""
        f"""{optional("      data:", template, "data", "      ")}"""
        f"""{field("  data:", spec["data"], "  ")}"""
    )


def flux_kustomization_cluster(document: dict[str, Any]) -> str:
    metadata = document["metadata"]
    spec = document["spec"]
    return (
        "# Rendered by pggitops from environments/: edit the overlay, not this file.\n"
        "apiVersion: kustomize.toolkit.fluxcd.io/v1\n"
        "kind: Kustomization\n"
        "metadata:\n"
        "  name: "
        f"""{written(metadata["name"]) or scalar(metadata["name"], "  ")}"""
        "\n"
        "  namespace: "
        f"""{written(metadata["namespace"]) or scalar(metadata["namespace"], "  ")}"""
        "\n"
        f"""{field("  labels:", metadata["labels"], "  ")}"""
        f"""{field("  annotations:", metadata["annotations"], "  ")}"""
        "spec:\n"
        '  interval: "1h0m0s"\n'
        '  retryInterval: "2m0s"\n'
        '  timeout: "15m0s"\n'
        "  path: "
        f"""{written(spec["path"]) or scalar(spec["path"], "  ")}"""
        "\n"
        f"""{field("  sourceRef:", spec["sourceRef"], "  ")}"""
        f"""{optional("  dependsOn:", spec, "dependsOn", "  ")}"""
        "  prune: "
        f"""{written(spec["prune"]) or scalar(spec["prune"], "  ")}"""
        "\n"
        "  deletionPolicy: Orphan\n"
        "  force: false\n"
        "  wait: true\n"
        f"""{optional("  kubeConfig:", spec, "kubeConfig", "  ")}"""
        f"""{field("  healthCheckExprs:", spec["healthCheckExprs"], "  ")}"""
        f"""{optional("  serviceAccountName:", spec, "serviceAccountName", "  ")}"""
    )


def flux_kustomization_environment(document: dict[str, Any]) -> str:
    metadata = document["metadata"]
    spec = document["spec"]
    return (
        "# Rendered by pggitops from environments/: edit the overlay, not this file.\n"
        "apiVersion: kustomize.toolkit.fluxcd.io/v1\n"
        "kind: Kustomization\n"
        "metadata:\n"
        "  name: "
        f"""{written(metadata["name"]) or scalar(metadata["name"], "  ")}"""
        "\n"
        "  namespace: "
        f"""{written(metadata["namespace"]) or scalar(metadata["namespace"], "  ")}"""
        "\n"
        f"""{field("  labels:", metadata["labels"], "  ")}"""
        f"""{optional("  annotations:", metadata, "annotations", "  ")}"""
        "spec:\n"
        '  interval: "1h0m0s"\n'
        '  retryInterval: "2m0s"\n'
        '  timeout: "5m0s"\n'
        "  path: "
        f"""{written(spec["path"]) or scalar(spec["path"], "  ")}"""
        "\n"
        f"""{field("  sourceRef:", spec["sourceRef"], "  ")}"""
        "  prune: "
        f"""{written(spec["prune"]) or scalar(spec["prune"], "  ")}"""
        "\n"
        "  deletionPolicy: Orphan\n"
        "  force: false\n"
        "  wait: true\n"
        f"""{optional("  kubeConfig:", spec, "kubeConfig", "  ")}"""
        f"""{field("  healthCheckExprs:", spec["healthCheckExprs"], "  ")}"""
        f"""{optional("  decryption:", spec, "decryption", "  ")}"""
    )


def flux_kustomization_operator(document: dict[str, Any]) -> str:
    metadata = document["metadata"]
    spec = document["spec"]
    return (
        "# Rendered by pggitops from environments/: edit the overlay, not this file.\n"
        "apiVersion: kustomize.toolkit.fluxcd.io/v1\n"
        "kind: Kustomization\n"
        "metadata:\n"
        "  name: "
        f"""{written(metadata["name"]) or scalar(metadata["name"], "  ")}"""
        "\n"
        "  namespace: "
        f"""{written(metadata["namespace"]) or scalar(metadata["namespace"], "  ")}"""
        "\n"
        f"""{field("  labels:", metadata["labels"], "  ")}"""
        f"""{optional("  annotations:", metadata, "annotations", "  ")}"""
        "spec:\n"
        '  interval: "1h0m0s"\n'
        '  retryInterval: "2m0s"\n'
        '  timeout: "5m0s"\n'
        "  path: "
        f"""{written(spec["path"]) or scalar(spec["path"], "  ")}"""
        "\n"
        f"""{field("  sourceRef:", spec["sourceRef"], "  ")}"""
        f"""{optional("  dependsOn:", spec, "dependsOn", "  ")}"""
        "  prune: "
        f"""{written(spec["prune"]) or scalar(spec["prune"], "  ")}"""
        "\n"
        "  deletionPolicy: Orphan\n"
        "  force: false\n"
        "  wait: true\n"
        f"""{optional("  kubeConfig:", spec, "kubeConfig", "  ")}"""
    )


def flux_kustomization_secrets(document: dict[str, Any]) -> str:
    metadata = document["metadata"]
    spec = document["spec"]
    return (
        "# Rendered by pggitops from environments/: edit the overlay, not this file.\n"
        "apiVersion: kustomize.toolkit.fluxcd.io/v1\n"
        "kind: Kustomization\n"
        "metadata:\n"
        "  name: "
        f"""{written(metadata["name"]) or scalar(metadata["name"], "  ")}"""
        "\n"
        "  namespace: "
        f"""{written(metadata["namespace"]) or scalar(metadata["namespace"], "  ")}"""
        "\n"
        f"""{field("  labels:", metadata["labels"], "  ")}"""
        f"""{field("  annotations:", metadata["annotations"], "  ")}"""
        "spec:\n"
        '  interval: "1h0m0s"\n'
        '  retryInterval: "2m0s"\n'
        '  timeout: "5m0s"\n'
        "  path: "
        f"""{written(spec["path"]) or scalar(spec["path"], "  ")}"""
        "\n"
        f"""{field("  sourceRef:", spec["sourceRef"], "  ")}"""
        f"""{optional("  dependsOn:", spec, "dependsOn", "  ")}"""
        "  prune: "
        f"""{written(spec["prune"]) or scalar(spec["prune"], "  ")}"""
        "\n"
        "  deletionPolicy: Orphan\n"
        "  force: false\n"
        "  wait: true\n"
        f"""{optional("  kubeConfig:", spec, "kubeConfig", "  ")}"""
        f"""{field("  healthCheckExprs:", spec["healthCheckExprs"], "  ")}"""
        f"""{optional("  serviceAccountName:", spec, "serviceAccountName", "  ")}"""
    )


def namespace(document: dict[str, Any]) -> str:
    metadata = document["metadata"]
    return (
        "# Rendered by pggitops from environments/: edit the overlay, not this file.\n"
        "apiVersion: v1\n"
        "kind: Namespace\n"
        "metadata:\n"
        "  name: "
        f"""{written(metadata["name"]) or scalar(metadata["name"], "  ")}"""
        "\n"
        f"""{field("  labels:", metadata["labels"], "  ")}"""
        f"""{optional("  annotations:", metadata, "annotations", "  ")}"""
    )


def networkpolicy_default_deny(document: dict[str, Any]) -> str:
    metadata = document["metadata"]
    spec = document["spec"]
    podSelector = spec["podSelector"]
    matchLabels = podSelector["matchLabels"]
    return (
        "# Rendered by pggitops from environments/: edit the overlay, not this file.\n"
        "apiVersion: networking.k8s.io/v1\n"
        "kind: NetworkPolicy\n"
        "metadata:\n"
        "  name: "
        f"""{written(metadata["name"]) or scalar(metadata["name"], "  ")}"""
        "\n"
        "  namespace: "
        f"""{written(metadata["namespace"]) or scalar(metadata["namespace"], "  ")}"""
        "\n"
        f"""{field("  labels:", metadata["labels"], "  ")}"""
        f"""{field("  annotations:", metadata["annotations"], "  ")}"""
        "spec:\n"
        "  podSelector:\n"
        "    matchLabels:\n"
        "      postgres-operator.crunchydata.com/cluster: "
        f"""{written(matchLabels["postgres-operator.crunchydata.com/cluster"]) or scalar(matchLabels["postgres-operator.crunchydata.com/cluster"], "      ")}"""
        "\n"
        f"""{field("  policyTypes:", spec["policyTypes"], "  ")}"""
        "  ingress: []\n"
        f"""{optional("  egress:", spec, "egress", "  ")}"""
    )


def networkpolicy_jobs(document: dict[str, Any]) -> str:
    metadata = document["metadata"]
    spec = document["spec"]
    return (
        "# Rendered by pggitops from environments/: edit the overlay, not this file.\n"
        "apiVersion: networking.k8s.io/v1\n"
        "kind: NetworkPolicy\n"
        "metadata:\n"
        "  name: "
        f"""{written(metadata["name"]) or scalar(metadata["name"], "  ")}"""
        "\n"
        "  namespace: "
        f"""{written(metadata["namespace"]) or scalar(metadata["namespace"], "  ")}"""
        "\n"
        f"""{field("  labels:", metadata["labels"], "  ")}"""
        f"""{field("  annotations:", metadata["annotations"], "  ")}"""
        "spec:\n"
        f"""{field("  podSelector:", spec["podSelector"], "  ")}"""
        f"""{field("  policyTypes:", spec["policyTypes"], "  ")}"""
        "  ingress: []\n"
        f"""{optional("  egress:", spec, "egress", "  ")}"""
    )


def networkpolicy_pgbouncer(document: dict[str, Any]) -> str:
    metadata = document["metadata"]
    spec = document["spec"]
    podSelector = spec["podSelector"]
    matchLabels = podSelector["matchLabels"]
    return (
        "# Rendered by pggitops from environments/: edit the overlay, not this file.\n"
        "apiVersion: networking.k8s.io/v1\n"
        "kind: NetworkPolicy\n"
        "metadata:\n"
        "  name: "
        f"""{written(metadata["name"]) or scalar(metadata["name"], "  ")}"""
        "\n"
        "  namespace: "
        f"""{written(metadata["namespace"]) or scalar(metadata["namespace"], "  ")}"""
        "\n"
        f"""{field("  labels:", metadata["labels"], "  ")}"""
        f"""{field("  annotations:", metadata["annotations"], "  ")}"""
        "spec:\n"
        "  podSelector:\n"
        "    matchLabels:\n"
        "      postgres-operator.crunchydata.com/cluster: "
        f"""{written(matchLabels["postgres-operator.crunchydata.com/cluster"]) or scalar(matchLabels["postgres-operator.crunchydata.com/cluster"], "      ")}"""
        "\n"
        "      postgres-operator.crunchydata.com/role: pgbouncer\n"
        f"""{field("  policyTypes:", spec["policyTypes"], "  ")}"""
        f"""{field("  ingress:", spec["ingress"], "  ")}"""
        f"""{optional("  egress:", spec, "egress", "  ")}"""
    )


def networkpolicy_postgres(document: dict[str, Any]) -> str:
    metadata = document["metadata"]
    spec = document["spec"]
    podSelector = spec["podSelector"]
    matchLabels = podSelector["matchLabels"]
    return (
        "# Rendered by pggitops from environments/: edit the overlay, not this file.\n"
        "apiVersion: networking.k8s.io/v1\n"
        "kind: NetworkPolicy\n"
        "metadata:\n"
        "  name: "
        f"""{written(metadata["name"]) or scalar(metadata["name"], "  ")}"""
        "\n"
        "  namespace: "
        f"""{written(metadata["namespace"]) or scalar(metadata["namespace"], "  ")}"""
        "\n"
        f"""{field("  labels:", metadata["labels"], "  ")}"""
        f"""{field("  annotations:", metadata["annotations"], "  ")}"""
        "spec:\n"
        "  podSelector:\n"
        "    matchLabels:\n"
        "      postgres-operator.crunchydata.com/cluster: "
        f"""{written(matchLabels["postgres-operator.crunchydata.com/cluster"]) or scalar(matchLabels["postgres-operator.crunchydata.com/cluster"], "      ")}"""
        "\n"
        "      postgres-operator.crunchydata.com/data: postgres\n"
        f"""{field("  policyTypes:", spec["policyTypes"], "  ")}"""
        f"""{field("  ingress:", spec["ingress"], "  ")}"""
        f"""{optional("  egress:", spec, "egress", "  ")}"""
    )


def networkpolicy_repo_host(document: dict[str, Any]) -> str:
    metadata = document["metadata"]
    spec = document["spec"]
    podSelector = spec["podSelector"]
    matchLabels = podSelector["matchLabels"]
    return (
        "# Rendered by pggitops from environments/: edit the overlay, not this file.\n"
        "apiVersion: networking.k8s.io/v1\n"
        "kind: NetworkPolicy\n"
        "metadata:\n"
        "  name: "
        f"""{written(metadata["name"]) or scalar(metadata["name"], "  ")}"""
        "\n"
        "  namespace: "
        f"""{written(metadata["namespace"]) or scalar(metadata["namespace"], "  ")}"""
        "\n"
        f"""{field("  labels:", metadata["labels"], "  ")}"""
        f"""{field("  annotations:", metadata["annotations"], "  ")}"""
        "spec:\n"
        "  podSelector:\n"
        "    matchLabels:\n"
        "      postgres-operator.crunchydata.com/cluster: "
        f"""{written(matchLabels["postgres-operator.crunchydata.com/cluster"]) or scalar(matchLabels["postgres-operator.crunchydata.com/cluster"], "      ")}"""
        "\n"
        "      postgres-operator.crunchydata.com/data: pgbackrest\n"
        f"""{field("  policyTypes:", spec["policyTypes"], "  ")}"""
        f"""{field("  ingress:", spec["ingress"], "  ")}"""
        f"""{optional("  egress:", spec, "egress", "  ")}"""
    )


def operator_deployment(document: dict[str, Any]) -> str:
    metadata = document["metadata"]
    spec = document["spec"]
    selector = spec["selector"]
    template = spec["template"]
    template_metadata = template["metadata"]
    template_spec = template["spec"]
    return (
        "# Rendered by pggitops from environments/: edit the overlay, not this file.\n"
        "apiVersion: apps/v1\n"
        "kind: Deployment\n"
        "metadata:\n"
        "  name: percona-postgresql-operator\n"
        "  namespace: "
        f"""{written(metadata["namespace"]) or scalar(metadata["namespace"], "  ")}"""
        "\n"
        f"""{field("  labels:", metadata["labels"], "  ")}"""
        f"""{optional("  annotations:", metadata, "annotations", "  ")}"""
        "spec:\n"
        "  replicas: 1\n"
        "  strategy:\n"
        "    type: Recreate\n"
        "  selector:\n"
        f"""{field("    matchLabels:", selector["matchLabels"], "    ")}"""
        "  template:\n"
        "    metadata:\n"
        f"""{field("      labels:", template_metadata["labels"], "      ")}"""
        "    spec:\n"
        "      serviceAccountName: percona-postgresql-operator\n"
        f"""{optional("      imagePullSecrets:", template_spec, "imagePullSecrets", "      ")}"""
        "      securityContext:\n"
        "        runAsNonRoot: true\n"
        "        seccompProfile:\n"
        "          type: RuntimeDefault\n"
        f"""{field("      containers:", template_spec["containers"], "      ")}"""
    )


def operator_networkpolicy(document: dict[str, Any]) -> str:
    metadata = document["metadata"]
    spec = document["spec"]
    podSelector = spec["podSelector"]
    return (
        "# Rendered by pggitops from environments/: edit the overlay, not this file.\n"
        "apiVersion: networking.k8s.io/v1\n"
        "kind: NetworkPolicy\n"
        "metadata:\n"
        "  name: percona-postgresql-operator\n"
        "  namespace: "
        f"""{written(metadata["namespace"]) or scalar(metadata["namespace"], "  ")}"""
        "\n"
        f"""{field("  labels:", metadata["labels"], "  ")}"""
        f"""{optional("  annotations:", metadata, "annotations", "  ")}"""
        "spec:\n"
        "  podSelector:\n"
        f"""{field("    matchLabels:", podSelector["matchLabels"], "    ")}"""
        f"""{field("  policyTypes:", spec["policyTypes"], "  ")}"""
        "  ingress: []\n"
        f"""{optional("  egress:", spec, "egress", "  ")}"""
    )


def operator_role(document: dict[str, Any]) -> str:
    metadata = document["metadata"]
    return (
        "# Rendered by pggitops from environments/: edit the overlay, not this file.\n"
        "apiVersion: rbac.authorization.k8s.io/v1\n"
        "kind: Role\n"
        "metadata:\n"
        "  name: percona-postgresql-operator\n"
        "  namespace: "
        f"""{written(metadata["namespace"]) or scalar(metadata["namespace"], "  ")}"""
        "\n"
        f"""{field("  labels:", metadata["labels"], "  ")}"""
        f"""{optional("  annotations:", metadata, "annotations", "  ")}"""
        f"""{field("rules:", document["rules"], "")}"""
    )


def operator_rolebinding(document: dict[str, Any]) -> str:
    metadata = document["metadata"]
    subjects = document["subjects"]
    subjects_0 = subjects[0]
    return (
        "# Rendered by pggitops from environments/: edit the overlay, not this file.\n"
        "apiVersion: rbac.authorization.k8s.io/v1\n"
        "kind: RoleBinding\n"
        "metadata:\n"
        "  name: percona-postgresql-operator\n"
        "  namespace: "
        f"""{written(metadata["namespace"]) or scalar(metadata["namespace"], "  ")}"""
        "\n"
        f"""{field("  labels:", metadata["labels"], "  ")}"""
        f"""{optional("  annotations:", metadata, "annotations", "  ")}"""
        "roleRef:\n"
        "  apiGroup: rbac.authorization.k8s.io\n"
        "  kind: Role\n"
        "  name: percona-postgresql-operator\n"
        "subjects:\n"
        "- kind: ServiceAccount\n"
        "  name: percona-postgresql-operator\n"
        "  namespace: "
        f"""{written(subjects_0["namespace"]) or scalar(subjects_0["namespace"], "  ")}"""
        "\n"
    )


def operator_serviceaccount(document: dict[str, Any]) -> str:
    metadata = document["metadata"]
    return (
        "# Rendered by pggitops from environments/: edit the overlay, not this file.\n"
        "apiVersion: v1\n"
        "kind: ServiceAccount\n"
        "metadata:\n"
        "  name: percona-postgresql-operator\n"
        "  namespace: "
        f"""{written(metadata["namespace"]) or scalar(metadata["namespace"], "  ")}"""
        "\n"
        f"""{field("  labels:", metadata["labels"], "  ")}"""
        f"""{optional("  annotations:", metadata, "annotations", "  ")}"""
    )


def perconapgcluster(document: dict[str, Any]) -> str:
    metadata = document["metadata"]
    spec = document["spec"]
    proxy = spec["proxy"]
    pgBouncer = proxy["pgBouncer"]
    config = pgBouncer["config"]
    backups = spec["backups"]
    pgbackrest = backups["pgbackrest"]
    repoHost = pgbackrest["repoHost"]
    jobs = pgbackrest["jobs"]
    patroni = spec["patroni"]
    dynamicConfiguration = patroni["dynamicConfiguration"]
    postgresql = dynamicConfiguration["postgresql"]
    return (
        "# Rendered by pggitops from environments/: edit the overlay, not this file.\n"
        "apiVersion: pgv2.percona.com/v2\n"
        "kind: PerconaPGCluster\n"
        "metadata:\n"
        "  name: "
        f"""{written(metadata["name"]) or scalar(metadata["name"], "  ")}"""
        "\n"
        "  namespace: "
        f"""{written(metadata["namespace"]) or scalar(metadata["namespace"], "  ")}"""
        "\n"
        f"""{field("  labels:", metadata["labels"], "  ")}"""
        f"""{field("  annotations:", metadata["annotations"], "  ")}"""
        "spec:\n"
        "  crVersion: "
        f"""{written(spec["crVersion"]) or scalar(spec["crVersion"], "  ")}"""
        "\n"
        "  postgresVersion: "
        f"""{written(spec["postgresVersion"]) or scalar(spec["postgresVersion"], "  ")}"""
        "\n"
        "  image: "
        f"""{written(spec["image"]) or scalar(spec["image"], "  ")}"""
        "\n"
        "  imagePullPolicy: IfNotPresent\n"
        f"""{optional("  imagePullSecrets:", spec, "imagePullSecrets", "  ")}"""
        f"""{optional("  initContainer:", spec, "initContainer", "  ")}"""
        f"""{optional("  openshift:", spec, "openshift", "  ")}"""
        "  pause: "
        f"""{written(spec["pause"]) or scalar(spec["pause"], "  ")}"""
        "\n"
        "  port: 5432\n"
        "  tlsOnly: "
        f"""{written(spec["tlsOnly"]) or scalar(spec["tlsOnly"], "  ")}"""
        "\n"
        "  autoCreateUserSchema: true\n"
        f"""{optional("  metadata:", spec, "metadata", "  ")}"""
        f"""{optional("  secrets:", spec, "secrets", "  ")}"""
        f"""{field("  standby:", spec["standby"], "  ")}"""
        f"""{optional("  dataSource:", spec, "dataSource", "  ")}"""
        f"""{optional("  databaseInitSQL:", spec, "databaseInitSQL", "  ")}"""
        "  expose:\n"
        "    type: ClusterIP\n"
        "  exposeReplicas:\n"
        "    type: ClusterIP\n"
        f"""{field("  users:", spec["users"], "  ")}"""
        f"""{field("  instances:", spec["instances"], "  ")}"""
        "  proxy:\n"
        "    pgBouncer:\n"
        "      image: "
        f"""{written(pgBouncer["image"]) or scalar(pgBouncer["image"], "      ")}"""
        "\n"
        "      replicas: "
        f"""{written(pgBouncer["replicas"]) or scalar(pgBouncer["replicas"], "      ")}"""
        "\n"
        "      port: 5432\n"
        "      exposeSuperusers: false\n"
        f"""{field("      expose:", pgBouncer["expose"], "      ")}"""
        "      config:\n"
        f"""{field("        global:", config["global"], "        ")}"""
        f"""{field("      resources:", pgBouncer["resources"], "      ")}"""
        f"""{optional("      topologySpreadConstraints:", pgBouncer, "topologySpreadConstraints", "      ")}"""
        f"""{optional("      affinity:", pgBouncer, "affinity", "      ")}"""
        f"""{optional("      tolerations:", pgBouncer, "tolerations", "      ")}"""
        f"""{optional("      priorityClassName:", pgBouncer, "priorityClassName", "      ")}"""
        f"""{optional("      minAvailable:", pgBouncer, "minAvailable", "      ")}"""
        "  backups:\n"
        "    enabled: "
        f"""{written(backups["enabled"]) or scalar(backups["enabled"], "    ")}"""
        "\n"
        "    trackLatestRestorableTime: "
        f"""{written(backups["trackLatestRestorableTime"]) or scalar(backups["trackLatestRestorableTime"], "    ")}"""
        "\n"
        "    pgbackrest:\n"
        "      image: "
        f"""{written(pgbackrest["image"]) or scalar(pgbackrest["image"], "      ")}"""
        "\n"
        "      repoHost:\n"
        f"""{field("        resources:", repoHost["resources"], "        ")}"""
        f"""{optional("        affinity:", repoHost, "affinity", "        ")}"""
        f"""{optional("        tolerations:", repoHost, "tolerations", "        ")}"""
        f"""{optional("        priorityClassName:", repoHost, "priorityClassName", "        ")}"""
        "      jobs:\n"
        f"""{field("        resources:", jobs["resources"], "        ")}"""
        f"""{optional("        affinity:", jobs, "affinity", "        ")}"""
        f"""{optional("        tolerations:", jobs, "tolerations", "        ")}"""
        f"""{optional("        priorityClassName:", jobs, "priorityClassName", "        ")}"""
        f"""{field("      global:", pgbackrest["global"], "      ")}"""
        f"""{field("      repos:", pgbackrest["repos"], "      ")}"""
        f"""{optional("      configuration:", pgbackrest, "configuration", "      ")}"""
        "  patroni:\n"
        "    dynamicConfiguration:\n"
        "      synchronous_mode: "
        f"""{written(dynamicConfiguration["synchronous_mode"]) or scalar(dynamicConfiguration["synchronous_mode"], "      ")}"""
        "\n"
        "      synchronous_mode_strict: "
        f"""{written(dynamicConfiguration["synchronous_mode_strict"]) or scalar(dynamicConfiguration["synchronous_mode_strict"], "      ")}"""
        "\n"
        "      postgresql:\n"
        f"""{field("        parameters:", postgresql["parameters"], "        ")}"""
        f"""{optional("        pg_hba:", postgresql, "pg_hba", "        ")}"""
        "    leaderLeaseDurationSeconds: "
        f"""{written(patroni["leaderLeaseDurationSeconds"]) or scalar(patroni["leaderLeaseDurationSeconds"], "    ")}"""
        "\n"
        "    syncPeriodSeconds: "
        f"""{written(patroni["syncPeriodSeconds"]) or scalar(patroni["syncPeriodSeconds"], "    ")}"""
        "\n"
        f"""{optional("  authentication:", spec, "authentication", "  ")}"""
        f"""{field("  extensions:", spec["extensions"], "  ")}"""
        f"""{optional("  pmm:", spec, "pmm", "  ")}"""
    )


WRITERS: dict[str, Callable[[dict[str, Any]], str]] = {
    "argocd-application-cluster": argocd_application_cluster,
    "argocd-application-environment": argocd_application_environment,
    "argocd-application-operator": argocd_application_operator,
    "externalsecret": externalsecret,
    "flux-kustomization-cluster": flux_kustomization_cluster,
    "flux-kustomization-environment": flux_kustomization_environment,
    "flux-kustomization-operator": flux_kustomization_operator,
    "flux-kustomization-secrets": flux_kustomization_secrets,
    "namespace": namespace,
    "networkpolicy-default-deny": networkpolicy_default_deny,
    "networkpolicy-jobs": networkpolicy_jobs,
    "networkpolicy-pgbouncer": networkpolicy_pgbouncer,
    "networkpolicy-postgres": networkpolicy_postgres,
    "networkpolicy-repo-host": networkpolicy_repo_host,
    "operator-deployment": operator_deployment,
    "operator-networkpolicy": operator_networkpolicy,
    "operator-role": operator_role,
    "operator-rolebinding": operator_rolebinding,
    "operator-serviceaccount": operator_serviceaccount,
    "perconapgcluster": perconapgcluster,
}
"""By the name of the template."""
