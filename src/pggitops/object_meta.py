"""What every Kubernetes object may say of itself, as a JSON Schema.

Source: meta/v1 ObjectMeta (k8s.io/apimachinery 0.36: `pkg/apis/meta/v1/types.go`, `pkg/api/validation/generic.go`).
"""

from __future__ import annotations

from typing import Any

Schema = dict[str, Any]

_TEXT = {"type": "string"}
_TEXTS = {"type": "object", "additionalProperties": _TEXT}
_TIME = {"type": ["string", "null"], "format": "date-time"}
_OWNER = {
    "type": "object",
    "properties": {
        "apiVersion": _TEXT,
        "blockOwnerDeletion": {"type": "boolean"},
        "controller": {"type": "boolean"},
        "kind": _TEXT,
        "name": _TEXT,
        "uid": _TEXT,
    },
    "required": ["apiVersion", "kind", "name", "uid"],
    "additionalProperties": False,
}
_MANAGED = {
    "type": "object",
    "properties": {
        "apiVersion": _TEXT,
        "fieldsType": _TEXT,
        "fieldsV1": {"type": "object"},
        "manager": _TEXT,
        "operation": _TEXT,
        "subresource": _TEXT,
        "time": _TIME,
    },
    "additionalProperties": False,
}
_LABELS = r"([a-z0-9]([-a-z0-9]*[a-z0-9])?\.)"
_NAME_START = rf"^({_LABELS}*[a-z0-9]([-a-z0-9]*[a-z0-9])?|({_LABELS}+|{_LABELS}*[a-z0-9][-a-z0-9]*)-)?$"
OBJECT_META: Schema = {
    "type": "object",
    "properties": {
        "annotations": _TEXTS,
        "creationTimestamp": _TIME,
        "deletionGracePeriodSeconds": {"type": "integer"},
        "deletionTimestamp": _TIME,
        "finalizers": {"type": "array", "items": _TEXT, "x-kubernetes-list-type": "set"},
        "generateName": {"type": "string", "pattern": _NAME_START},
        "generation": {"type": "integer"},
        "labels": _TEXTS,
        "managedFields": {"type": "array", "items": _MANAGED},
        "name": {"type": "string", "minLength": 1, "maxLength": 253},
        "namespace": _TEXT,
        "ownerReferences": {"type": "array", "items": _OWNER},
        "resourceVersion": {"type": "string", "pattern": "^[0-9]*$"},
        "selfLink": _TEXT,
        "uid": _TEXT,
    },
    "additionalProperties": False,
}
"""What every object may say of itself (meta/v1 ObjectMeta); tools write `creationTimestamp: null` for "not yet"."""

NEVER_IN_A_FILE = ("managedFields", "ownerReferences", "uid")
"""What is known inside of a cluster alone: an object that brings its uid or managedFields cannot be applied, and one
whose owner is not there is deleted by the garbage collector."""
