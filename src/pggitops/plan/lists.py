"""What the lists of known kinds mean: what names an item, and whether their order counts.

A schema says the first for some lists only (`x-kubernetes-list-type`), and never the second. Where nothing is said, a
list is compared as it stands.

Sources: the merge keys of Kubernetes' API (k8s.io/api 0.34, `patchMergeKey`); that any other order in a pod's template
is another template, whose pods are made anew (k8s.io/kubernetes `pkg/controller/history`); of the operator its
internal/controller/postgrescluster at v3.0.0 (`reconcileRepos`, `reconcilePostgresUserSecrets`).
"""

from __future__ import annotations

import enum
from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

from pggitops.plan import renames


class Order(enum.Enum):
    """What of the order of a list's items counts, if the items are the same."""

    NONE = "none"
    FIRST = "first"
    """Only which one comes first."""
    ALL = "all"


class Lists(NamedTuple):
    """How a list is compared.

    With `keys`, an item is known by their values; with `is_set`, by all of it. `edited` sets have items that are opened
    where one was changed in place; of others an item is changed as a whole. `kin` tells whether a removed item may have
    become an added one (None: never).
    """

    keys: tuple[str, ...] = ()
    is_set: bool = False
    edited: bool = False
    order: Order = Order.NONE
    kin: Callable[[Mapping[str, Any], Mapping[str, Any]], bool] | None = None


PLAIN = Lists(order=Order.ALL)
SET = Lists(is_set=True)
RULES = Lists(is_set=True, edited=True)


def keyed(*keys: str, order: Order = Order.NONE) -> Lists:
    return Lists(keys=keys, order=order)


_NAMED = keyed("name", order=Order.ALL)
_ROLLED = Lists(is_set=True, order=Order.ALL)
_TERMS = Lists(is_set=True, edited=True, order=Order.ALL)

IN_PODS: Mapping[str, Lists] = {
    **dict.fromkeys(
        ("containers", "initContainers", "sidecars", "sidecarVolumes", "sidecarPVCs", "volumes", "env"), _NAMED
    ),
    **dict.fromkeys(("imagePullSecrets", "tablespaceVolumes"), _NAMED),
    **dict.fromkeys(("tolerations", "envFrom", "configuration", "files", "sources"), _ROLLED),
    **dict.fromkeys(("add", "drop", "supplementalGroups", "accessModes", "matchLabelKeys", "namespaces"), _ROLLED),
    **dict.fromkeys(("matchExpressions", "matchFields", "nodeSelectorTerms"), _TERMS),
    "preferredDuringSchedulingIgnoredDuringExecution": _TERMS,
    "requiredDuringSchedulingIgnoredDuringExecution": _TERMS,
    "values": _ROLLED,
    "items": keyed("path", order=Order.ALL),
    "topologySpreadConstraints": keyed("topologyKey", "whenUnsatisfiable", order=Order.ALL),
    "volumeMounts": keyed("mountPath", order=Order.ALL),
    "loadBalancerSourceRanges": SET,
}
"""Lists by the key they stand at, in kinds that pods are made from."""

ELSEWHERE: Mapping[str, Lists] = {
    **{name: how._replace(order=Order.NONE) for name, how in IN_PODS.items()},
    **dict.fromkeys(("externalIPs", "subjects"), SET),
}
"""The same where no pod's template is made of them."""

_CLUSTER = {
    "spec.instances": keyed("name")._replace(kin=renames.any_set),
    "spec.users": keyed("name")._replace(kin=renames.same_databases),
    "spec.users[].databases": Lists(is_set=True, order=Order.FIRST),
    "spec.backups.pgbackrest.repos": keyed("name", order=Order.FIRST)._replace(kin=renames.same_storage),
    "spec.extensions.custom": _NAMED,
}
_ROLE = {
    "rules": RULES,
    **{f"rules[].{word}": SET for word in ("apiGroups", "resources", "verbs", "resourceNames", "nonResourceURLs")},
}
_TRAFFIC = {
    f"spec.{direction}{rest}": how
    for direction, peers in (("ingress", "from"), ("egress", "to"))
    for rest, how in (("", RULES), (f"[].{peers}", SET), ("[].ports", SET))
}
_PROJECT_SETS = (
    *("sourceRepos", "sourceNamespaces", "destinations", "signatureKeys", "orphanedResources.ignore"),
    *(f"{scope}Resource{color}list" for scope in ("cluster", "namespace") for color in ("Black", "White")),
    *("syncWindows[].applications", "syncWindows[].namespaces", "syncWindows[].clusters"),
    *("roles[].policies", "roles[].groups"),
)
_ARGO = "argoproj.io"

OF_KINDS: Mapping[tuple[str, str], Mapping[str, Lists]] = {
    ("pgv2.percona.com", "PerconaPGCluster"): _CLUSTER,
    ("networking.k8s.io", "NetworkPolicy"): {**_TRAFFIC, "spec.policyTypes": SET},
    ("networking.k8s.io", "Ingress"): {"spec.rules": RULES, "spec.tls": RULES, "spec.tls[].hosts": SET},
    ("rbac.authorization.k8s.io", "Role"): _ROLE,
    ("rbac.authorization.k8s.io", "ClusterRole"): {**_ROLE, "aggregationRule.clusterRoleSelectors": SET},
    ("", "ServiceAccount"): {"imagePullSecrets": keyed("name")},
    ("", "LimitRange"): {"spec.limits": keyed("type")},
    ("", "ResourceQuota"): {"spec.scopes": SET},
    ("autoscaling", "HorizontalPodAutoscaler"): {"spec.metrics": RULES},
    ("apiextensions.k8s.io", "CustomResourceDefinition"): {"spec.versions": keyed("name")},
    (_ARGO, "Application"): {
        "spec.ignoreDifferences": RULES,
        **{f"spec.ignoreDifferences[].{word}": SET for word in ("jsonPointers", "jqPathExpressions")},
        "spec.ignoreDifferences[].managedFieldsManagers": SET,
        "spec.syncPolicy.syncOptions": SET,
    },
    (_ARGO, "AppProject"): {
        **{f"spec.{word}": SET for word in _PROJECT_SETS},
        "spec.roles": keyed("name"),
        "spec.syncWindows": RULES,
    },
    ("external-secrets.io", "ExternalSecret"): {"spec.data": keyed("secretKey")},
    ("kustomize.toolkit.fluxcd.io", "Kustomization"): {
        "spec.dependsOn": SET,
        "spec.healthChecks": SET,
        "spec.images": keyed("name"),
    },
    ("source.toolkit.fluxcd.io", "GitRepository"): {"spec.sparseCheckout": SET},
}
"""Lists by their path in a kind; `[]` is an item."""

POD_KINDS = frozenset({"PerconaPGCluster", "Deployment", "StatefulSet", "DaemonSet", "Job", "CronJob", "Pod"})
