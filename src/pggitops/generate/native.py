"""Kinds Kubernetes itself serves: the OpenAPI of one release becomes `schemas/kinds/native/`.

Source: Kubernetes 1.34.0, as the strict schemas of the package kubernetes-validate carry it. They are read out of the
package as `make` fetched it; installed, it would be three times as large, in 12,000 files.

They differ from what is wanted in this: they are 2020-12 with references between files; `apiVersion`, `kind` and
`metadata.name` may be missing; null is taken everywhere, also for the items of a list and the values of a map, where a
server would make an empty value of it; any text is a quantity; an integer has no bounds.
"""

from __future__ import annotations

import functools
import json
import zipfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any, NamedTuple

from pggitops import crd, kinds
from pggitops.generate.sops import SOPS
from pggitops.object_meta import NEVER_IN_A_FILE

PACKAGE = Path(__file__).resolve().parents[3] / ".tools" / "kubernetes_validate-1.34.1-py3-none-any.whl"
_FOLDER = "kubernetes_validate/kubernetes-json-schema/v1.34.0-local-strict"

Schema = dict[str, Any]


class Kind(NamedTuple):
    """A kind by the names the API server knows it by; `cluster`: its objects live in no namespace."""

    group: str
    version: str
    kind: str
    cluster: bool = False


_RBAC = "rbac.authorization.k8s.io"

KINDS = (
    Kind("", "v1", "ConfigMap"),
    Kind("", "v1", "LimitRange"),
    Kind("", "v1", "Namespace", cluster=True),
    Kind("", "v1", "PersistentVolumeClaim"),
    Kind("", "v1", "ResourceQuota"),
    Kind("", "v1", "Secret"),
    Kind("", "v1", "Service"),
    Kind("", "v1", "ServiceAccount"),
    Kind("apps", "v1", "Deployment"),
    Kind("apps", "v1", "StatefulSet"),
    Kind("autoscaling", "v2", "HorizontalPodAutoscaler"),
    Kind("batch", "v1", "CronJob"),
    Kind("batch", "v1", "Job"),
    Kind("networking.k8s.io", "v1", "Ingress"),
    Kind("networking.k8s.io", "v1", "NetworkPolicy"),
    Kind("policy", "v1", "PodDisruptionBudget"),
    Kind(_RBAC, "v1", "ClusterRole", cluster=True),
    Kind(_RBAC, "v1", "ClusterRoleBinding", cluster=True),
    Kind(_RBAC, "v1", "Role"),
    Kind(_RBAC, "v1", "RoleBinding"),
    Kind("scheduling.k8s.io", "v1", "PriorityClass", cluster=True),
    Kind("storage.k8s.io", "v1", "StorageClass", cluster=True),
)


def file(kind: Kind) -> str:
    """The name of the kind's schema beneath `schemas/kinds`, whose last part is its name in the package too."""
    return kinds.schema_file(kind.group, kind.kind, kind.version)


def kind_schema(kind: Kind) -> str:
    """The text of the kind's strict schema; FileNotFoundError where `make` has not fetched the package."""
    strict = _node(_read(file(kind).rpartition("/")[2]), optional=False)
    properties = strict["properties"]
    metadata = properties["metadata"] = {**properties["metadata"], "type": "object", "required": ["name"]}
    metadata["properties"]["name"] = {"type": "string", "minLength": 1, "maxLength": 253}
    for name in NEVER_IN_A_FILE:
        del metadata["properties"][name]
    demanded = ["apiVersion", "kind", "metadata"]
    strict["required"] = demanded + [name for name in strict.get("required", ()) if name not in demanded]
    if kind.kind == "Secret":
        properties["sops"] = SOPS
    scope = "Cluster" if kind.cluster else "Namespaced"
    strict = crd.identified(strict, kind.group, kind.version, kind.kind, scope)
    return kinds.text(kinds.shared({**strict, "$schema": crd.DIALECT}))


@functools.cache
def _read(name: str) -> Schema:
    with zipfile.ZipFile(PACKAGE) as archive:
        document: Schema = json.loads(archive.read(f"{_FOLDER}/{name}"))
    return document


_LEFT_OUT = frozenset(
    {"$id", "$schema", "description", "oneOf", "properties", "items", "additionalProperties", "type"}
    | {"x-kubernetes-patch-merge-key", "x-kubernetes-patch-strategy", "x-kubernetes-unions"}
    | {"x-kubernetes-group-version-kind"}
)
_INT_OR_STRING: Schema = {
    "type": ["integer", "string"],
    "minimum": -(2**31),
    "maximum": 2**31 - 1,
    "x-kubernetes-int-or-string": True,
}
_QUANTITY: Schema = {
    "type": ["number", "string"],
    "pattern": r"^(\+|-)?(([0-9]+(\.[0-9]*)?)|(\.[0-9]+))"
    r"(([KMGTPE]i)|[numkMGTPE]|([eE](\+|-)?(([0-9]+(\.[0-9]*)?)|(\.[0-9]+))))?$",
}
_SCALARS = {
    "io.k8s.apimachinery.pkg.util.intstr.IntOrString": _INT_OR_STRING,
    "io.k8s.apimachinery.pkg.api.resource.Quantity": _QUANTITY,
}


def _node(schema: Mapping[str, Any], *, optional: bool) -> Schema:
    """One node, whole in itself; `optional`: it is a key that may be missing, so that null is the same as that."""
    name = schema.get("$ref", "").rpartition("/")[2]
    if name in _SCALARS:
        return _typed(_SCALARS[name], optional)
    if name:
        schema = _read("_definitions.json")["$defs"][name]
    result = {word: value for word, value in schema.items() if word not in _LEFT_OUT}
    if "properties" in schema:
        required = schema.get("required", ())
        result["properties"] = {
            key: _node(each, optional=key not in required) for key, each in schema["properties"].items()
        }
    for word in ("items", "additionalProperties"):
        if word in schema:
            each = schema[word]
            result[word] = _node(each, optional=False) if isinstance(each, dict) else each
    return _typed({**result, "type": schema["type"]}, optional) if "type" in schema else result


def _typed(schema: Schema, optional: bool) -> Schema:
    types = schema["type"] if isinstance(schema["type"], list) else [schema["type"]]
    types = [each for each in types if each != "null"] + ["null"] * optional
    result = {**schema, "type": types[0] if len(types) == 1 else types}
    if "integer" in types:
        crd.bound_integer(result)
    return result
