"""Kinds of which nobody can tell whether their objects are well-formed: there is no schema, and there need not be."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from pggitops import schema
from pggitops.unrendered.groups import OPERATOR_GROUP

_WITHOUT_SCHEMA: dict[str, tuple[str, ...]] = {
    "": (
        *("Binding", "ComponentStatus", "Endpoints", "Event", "Node", "PersistentVolume", "Pod", "PodTemplate"),
        "ReplicationController",
    ),
    "apps": ("ControllerRevision", "DaemonSet", "ReplicaSet"),
    "batch": (),
    "networking.k8s.io": ("IPAddress", "IngressClass", "ServiceCIDR"),
    "policy": ("Eviction",),
    "rbac.authorization.k8s.io": (),
    "scheduling.k8s.io": (),
    "storage.k8s.io": ("CSIDriver", "CSINode", "CSIStorageCapacity", "VolumeAttachment", "VolumeAttributesClass"),
}
"""The API groups of the kinds that we have schemas of, and what else is in them.

Source: Kubernetes 1.34.0, OpenAPI (`x-kubernetes-group-version-kind`).
"""


def is_foreign(document: Mapping[str, Any]) -> bool:
    """Whether an object without a schema is of a kind that there is none of, and of no misspelt one."""
    group, kind = document["apiVersion"].rpartition("/")[0], document["kind"]
    if group in _WITHOUT_SCHEMA:
        return kind in _WITHOUT_SCHEMA[group]
    # custom kinds have such groups too, but no names of Kubernetes' own
    return group != OPERATOR_GROUP and not (group.endswith(".k8s.io") and schema.is_of_kubernetes(kind))
