"""Made from the templates beside it by `make generate`; edit those.

Each function writes the object that the template of its name has made, as `yamlio.dump` does.
"""

from collections.abc import Callable
from typing import Any

from pggitops.yamlio import field, optional


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
        "apiVersion: argoproj.io/v1alpha1\n"
        "kind: Application\n"
        "metadata:\n"
        f"""{field("  name:", metadata["name"], "  ")}"""
        f"""{field("  namespace:", metadata["namespace"], "  ")}"""
        f"""{field("  labels:", metadata["labels"], "  ")}"""
        f"""{field("  annotations:", metadata["annotations"], "  ")}"""
        "spec:\n"
        f"""{field("  project:", spec["project"], "  ")}"""
        "  source:\n"
        f"""{field("    repoURL:", source["repoURL"], "    ")}"""
        f"""{field("    targetRevision:", source["targetRevision"], "    ")}"""
        f"""{field("    path:", source["path"], "    ")}"""
        "    directory:\n"
        "      recurse: true\n"
        "  destination:\n"
        f"""{field("    name:", destination["name"], "    ")}"""
        f"""{field("    namespace:", destination["namespace"], "    ")}"""
        "  ignoreDifferences:\n"
        "  - group: pgv2.percona.com\n"
        "    kind: PerconaPGCluster\n"
        f"""{field("    name:", ignoreDifferences_0["name"], "    ")}"""
        f"""{field("    jsonPointers:", ignoreDifferences_0["jsonPointers"], "    ")}"""
        "  syncPolicy:\n"
        "    automated:\n"
        "      enabled: true\n"
        f"""{field("      prune:", automated["prune"], "      ")}"""
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
        "apiVersion: argoproj.io/v1alpha1\n"
        "kind: Application\n"
        "metadata:\n"
        f"""{field("  name:", metadata["name"], "  ")}"""
        f"""{field("  namespace:", metadata["namespace"], "  ")}"""
        f"""{field("  labels:", metadata["labels"], "  ")}"""
        f"""{field("  annotations:", metadata["annotations"], "  ")}"""
        "spec:\n"
        f"""{field("  project:", spec["project"], "  ")}"""
        "  source:\n"
        f"""{field("    repoURL:", source["repoURL"], "    ")}"""
        f"""{field("    targetRevision:", source["targetRevision"], "    ")}"""
        f"""{field("    path:", source["path"], "    ")}"""
        "    directory:\n"
        "      recurse: false\n"
        "  destination:\n"
        f"""{field("    name:", destination["name"], "    ")}"""
        f"""{field("    namespace:", destination["namespace"], "    ")}"""
        "  syncPolicy:\n"
        "    automated:\n"
        "      enabled: true\n"
        f"""{field("      prune:", automated["prune"], "      ")}"""
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
        "apiVersion: argoproj.io/v1alpha1\n"
        "kind: Application\n"
        "metadata:\n"
        f"""{field("  name:", metadata["name"], "  ")}"""
        f"""{field("  namespace:", metadata["namespace"], "  ")}"""
        f"""{field("  labels:", metadata["labels"], "  ")}"""
        f"""{field("  annotations:", metadata["annotations"], "  ")}"""
        "spec:\n"
        "  project: pggitops-operators\n"
        "  source:\n"
        f"""{field("    repoURL:", source["repoURL"], "    ")}"""
        f"""{field("    targetRevision:", source["targetRevision"], "    ")}"""
        f"""{field("    path:", source["path"], "    ")}"""
        "    directory:\n"
        "      recurse: true\n"
        "  destination:\n"
        f"""{field("    name:", destination["name"], "    ")}"""
        f"""{field("    namespace:", destination["namespace"], "    ")}"""
        "  syncPolicy:\n"
        "    automated:\n"
        "      enabled: true\n"
        f"""{field("      prune:", automated["prune"], "      ")}"""
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
        "apiVersion: external-secrets.io/v1\n"
        "kind: ExternalSecret\n"
        "metadata:\n"
        f"""{field("  name:", metadata["name"], "  ")}"""
        f"""{field("  namespace:", metadata["namespace"], "  ")}"""
        f"""{field("  labels:", metadata["labels"], "  ")}"""
        f"""{optional("  annotations:", metadata, "annotations", "  ")}"""
        "spec:\n"
        f"""{field("  refreshPolicy:", spec["refreshPolicy"], "  ")}"""
        '  refreshInterval: "1h0m0s"\n'
        f"""{field("  secretStoreRef:", spec["secretStoreRef"], "  ")}"""
        "  target:\n"
        f"""{field("    name:", target["name"], "    ")}"""
        f"""{field("    creationPolicy:", target["creationPolicy"], "    ")}"""
        "    deletionPolicy: Retain\n"
        "    template:\n"
        f"""{field("      type:", template["type"], "      ")}"""
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
        "apiVersion: kustomize.toolkit.fluxcd.io/v1\n"
        "kind: Kustomization\n"
        "metadata:\n"
        f"""{field("  name:", metadata["name"], "  ")}"""
        f"""{field("  namespace:", metadata["namespace"], "  ")}"""
        f"""{field("  labels:", metadata["labels"], "  ")}"""
        f"""{field("  annotations:", metadata["annotations"], "  ")}"""
        "spec:\n"
        '  interval: "1h0m0s"\n'
        '  retryInterval: "2m0s"\n'
        '  timeout: "15m0s"\n'
        f"""{field("  path:", spec["path"], "  ")}"""
        f"""{field("  sourceRef:", spec["sourceRef"], "  ")}"""
        f"""{optional("  dependsOn:", spec, "dependsOn", "  ")}"""
        f"""{field("  prune:", spec["prune"], "  ")}"""
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
        "apiVersion: kustomize.toolkit.fluxcd.io/v1\n"
        "kind: Kustomization\n"
        "metadata:\n"
        f"""{field("  name:", metadata["name"], "  ")}"""
        f"""{field("  namespace:", metadata["namespace"], "  ")}"""
        f"""{field("  labels:", metadata["labels"], "  ")}"""
        f"""{optional("  annotations:", metadata, "annotations", "  ")}"""
        "spec:\n"
        '  interval: "1h0m0s"\n'
        '  retryInterval: "2m0s"\n'
        '  timeout: "5m0s"\n'
        f"""{field("  path:", spec["path"], "  ")}"""
        f"""{field("  sourceRef:", spec["sourceRef"], "  ")}"""
        f"""{field("  prune:", spec["prune"], "  ")}"""
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
        "apiVersion: kustomize.toolkit.fluxcd.io/v1\n"
        "kind: Kustomization\n"
        "metadata:\n"
        f"""{field("  name:", metadata["name"], "  ")}"""
        f"""{field("  namespace:", metadata["namespace"], "  ")}"""
        f"""{field("  labels:", metadata["labels"], "  ")}"""
        f"""{optional("  annotations:", metadata, "annotations", "  ")}"""
        "spec:\n"
        '  interval: "1h0m0s"\n'
        '  retryInterval: "2m0s"\n'
        '  timeout: "5m0s"\n'
        f"""{field("  path:", spec["path"], "  ")}"""
        f"""{field("  sourceRef:", spec["sourceRef"], "  ")}"""
        f"""{optional("  dependsOn:", spec, "dependsOn", "  ")}"""
        f"""{field("  prune:", spec["prune"], "  ")}"""
        "  deletionPolicy: Orphan\n"
        "  force: false\n"
        "  wait: true\n"
        f"""{optional("  kubeConfig:", spec, "kubeConfig", "  ")}"""
    )


def flux_kustomization_secrets(document: dict[str, Any]) -> str:
    metadata = document["metadata"]
    spec = document["spec"]
    return (
        "apiVersion: kustomize.toolkit.fluxcd.io/v1\n"
        "kind: Kustomization\n"
        "metadata:\n"
        f"""{field("  name:", metadata["name"], "  ")}"""
        f"""{field("  namespace:", metadata["namespace"], "  ")}"""
        f"""{field("  labels:", metadata["labels"], "  ")}"""
        f"""{field("  annotations:", metadata["annotations"], "  ")}"""
        "spec:\n"
        '  interval: "1h0m0s"\n'
        '  retryInterval: "2m0s"\n'
        '  timeout: "5m0s"\n'
        f"""{field("  path:", spec["path"], "  ")}"""
        f"""{field("  sourceRef:", spec["sourceRef"], "  ")}"""
        f"""{optional("  dependsOn:", spec, "dependsOn", "  ")}"""
        f"""{field("  prune:", spec["prune"], "  ")}"""
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
        "apiVersion: v1\n"
        "kind: Namespace\n"
        "metadata:\n"
        f"""{field("  name:", metadata["name"], "  ")}"""
        f"""{field("  labels:", metadata["labels"], "  ")}"""
        f"""{optional("  annotations:", metadata, "annotations", "  ")}"""
    )


def networkpolicy_default_deny(document: dict[str, Any]) -> str:
    metadata = document["metadata"]
    spec = document["spec"]
    podSelector = spec["podSelector"]
    matchLabels = podSelector["matchLabels"]
    return (
        "apiVersion: networking.k8s.io/v1\n"
        "kind: NetworkPolicy\n"
        "metadata:\n"
        f"""{field("  name:", metadata["name"], "  ")}"""
        f"""{field("  namespace:", metadata["namespace"], "  ")}"""
        f"""{field("  labels:", metadata["labels"], "  ")}"""
        f"""{field("  annotations:", metadata["annotations"], "  ")}"""
        "spec:\n"
        "  podSelector:\n"
        "    matchLabels:\n"
        f"""{field("      postgres-operator.crunchydata.com/cluster:", matchLabels["postgres-operator.crunchydata.com/cluster"], "      ")}"""
        f"""{field("  policyTypes:", spec["policyTypes"], "  ")}"""
        "  ingress: []\n"
        f"""{optional("  egress:", spec, "egress", "  ")}"""
    )


def networkpolicy_jobs(document: dict[str, Any]) -> str:
    metadata = document["metadata"]
    spec = document["spec"]
    return (
        "apiVersion: networking.k8s.io/v1\n"
        "kind: NetworkPolicy\n"
        "metadata:\n"
        f"""{field("  name:", metadata["name"], "  ")}"""
        f"""{field("  namespace:", metadata["namespace"], "  ")}"""
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
        "apiVersion: networking.k8s.io/v1\n"
        "kind: NetworkPolicy\n"
        "metadata:\n"
        f"""{field("  name:", metadata["name"], "  ")}"""
        f"""{field("  namespace:", metadata["namespace"], "  ")}"""
        f"""{field("  labels:", metadata["labels"], "  ")}"""
        f"""{field("  annotations:", metadata["annotations"], "  ")}"""
        "spec:\n"
        "  podSelector:\n"
        "    matchLabels:\n"
        f"""{field("      postgres-operator.crunchydata.com/cluster:", matchLabels["postgres-operator.crunchydata.com/cluster"], "      ")}"""
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
        "apiVersion: networking.k8s.io/v1\n"
        "kind: NetworkPolicy\n"
        "metadata:\n"
        f"""{field("  name:", metadata["name"], "  ")}"""
        f"""{field("  namespace:", metadata["namespace"], "  ")}"""
        f"""{field("  labels:", metadata["labels"], "  ")}"""
        f"""{field("  annotations:", metadata["annotations"], "  ")}"""
        "spec:\n"
        "  podSelector:\n"
        "    matchLabels:\n"
        f"""{field("      postgres-operator.crunchydata.com/cluster:", matchLabels["postgres-operator.crunchydata.com/cluster"], "      ")}"""
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
        "apiVersion: networking.k8s.io/v1\n"
        "kind: NetworkPolicy\n"
        "metadata:\n"
        f"""{field("  name:", metadata["name"], "  ")}"""
        f"""{field("  namespace:", metadata["namespace"], "  ")}"""
        f"""{field("  labels:", metadata["labels"], "  ")}"""
        f"""{field("  annotations:", metadata["annotations"], "  ")}"""
        "spec:\n"
        "  podSelector:\n"
        "    matchLabels:\n"
        f"""{field("      postgres-operator.crunchydata.com/cluster:", matchLabels["postgres-operator.crunchydata.com/cluster"], "      ")}"""
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
        "apiVersion: apps/v1\n"
        "kind: Deployment\n"
        "metadata:\n"
        "  name: percona-postgresql-operator\n"
        f"""{field("  namespace:", metadata["namespace"], "  ")}"""
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
        "apiVersion: networking.k8s.io/v1\n"
        "kind: NetworkPolicy\n"
        "metadata:\n"
        "  name: percona-postgresql-operator\n"
        f"""{field("  namespace:", metadata["namespace"], "  ")}"""
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
        "apiVersion: rbac.authorization.k8s.io/v1\n"
        "kind: Role\n"
        "metadata:\n"
        "  name: percona-postgresql-operator\n"
        f"""{field("  namespace:", metadata["namespace"], "  ")}"""
        f"""{field("  labels:", metadata["labels"], "  ")}"""
        f"""{optional("  annotations:", metadata, "annotations", "  ")}"""
        f"""{field("rules:", document["rules"], "")}"""
    )


def operator_rolebinding(document: dict[str, Any]) -> str:
    metadata = document["metadata"]
    subjects = document["subjects"]
    subjects_0 = subjects[0]
    return (
        "apiVersion: rbac.authorization.k8s.io/v1\n"
        "kind: RoleBinding\n"
        "metadata:\n"
        "  name: percona-postgresql-operator\n"
        f"""{field("  namespace:", metadata["namespace"], "  ")}"""
        f"""{field("  labels:", metadata["labels"], "  ")}"""
        f"""{optional("  annotations:", metadata, "annotations", "  ")}"""
        "roleRef:\n"
        "  apiGroup: rbac.authorization.k8s.io\n"
        "  kind: Role\n"
        "  name: percona-postgresql-operator\n"
        "subjects:\n"
        "- kind: ServiceAccount\n"
        "  name: percona-postgresql-operator\n"
        f"""{field("  namespace:", subjects_0["namespace"], "  ")}"""
    )


def operator_serviceaccount(document: dict[str, Any]) -> str:
    metadata = document["metadata"]
    return (
        "apiVersion: v1\n"
        "kind: ServiceAccount\n"
        "metadata:\n"
        "  name: percona-postgresql-operator\n"
        f"""{field("  namespace:", metadata["namespace"], "  ")}"""
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
        "apiVersion: pgv2.percona.com/v2\n"
        "kind: PerconaPGCluster\n"
        "metadata:\n"
        f"""{field("  name:", metadata["name"], "  ")}"""
        f"""{field("  namespace:", metadata["namespace"], "  ")}"""
        f"""{field("  labels:", metadata["labels"], "  ")}"""
        f"""{field("  annotations:", metadata["annotations"], "  ")}"""
        "spec:\n"
        f"""{field("  crVersion:", spec["crVersion"], "  ")}"""
        f"""{field("  postgresVersion:", spec["postgresVersion"], "  ")}"""
        f"""{field("  image:", spec["image"], "  ")}"""
        "  imagePullPolicy: IfNotPresent\n"
        f"""{optional("  imagePullSecrets:", spec, "imagePullSecrets", "  ")}"""
        f"""{optional("  initContainer:", spec, "initContainer", "  ")}"""
        f"""{optional("  openshift:", spec, "openshift", "  ")}"""
        f"""{field("  pause:", spec["pause"], "  ")}"""
        "  port: 5432\n"
        f"""{field("  tlsOnly:", spec["tlsOnly"], "  ")}"""
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
        f"""{field("      image:", pgBouncer["image"], "      ")}"""
        f"""{field("      replicas:", pgBouncer["replicas"], "      ")}"""
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
        f"""{field("    enabled:", backups["enabled"], "    ")}"""
        f"""{field("    trackLatestRestorableTime:", backups["trackLatestRestorableTime"], "    ")}"""
        "    pgbackrest:\n"
        f"""{field("      image:", pgbackrest["image"], "      ")}"""
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
        f"""{field("      synchronous_mode:", dynamicConfiguration["synchronous_mode"], "      ")}"""
        f"""{field("      synchronous_mode_strict:", dynamicConfiguration["synchronous_mode_strict"], "      ")}"""
        "      postgresql:\n"
        f"""{field("        parameters:", postgresql["parameters"], "        ")}"""
        f"""{optional("        pg_hba:", postgresql, "pg_hba", "        ")}"""
        f"""{field("    leaderLeaseDurationSeconds:", patroni["leaderLeaseDurationSeconds"], "    ")}"""
        f"""{field("    syncPeriodSeconds:", patroni["syncPeriodSeconds"], "    ")}"""
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
