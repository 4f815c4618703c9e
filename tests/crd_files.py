"""An operator version's crd.yaml, made from the schemas of its kinds: upstream's own is too large to keep."""

from __future__ import annotations

import functools
import json
import pickle
import tempfile
from pathlib import Path
from typing import Any

from pggitops import crds, kinds, schema, yamlio

Document = dict[str, Any]
OLD, NEW = "postgres-operator.crunchydata.com", "upstream.pgv2.percona.com"


def definition(group: str, kind: str, version: str, structural: Document, labels: Document) -> Document:
    names = {"kind": kind, "listKind": f"{kind}List", "plural": f"{kind.lower()}s", "singular": kind.lower()}
    served = {"name": version, "schema": {"openAPIV3Schema": structural}, "served": True, "storage": True}
    return {
        "apiVersion": "apiextensions.k8s.io/v1",
        "kind": "CustomResourceDefinition",
        "metadata": {
            "annotations": {"controller-gen.kubebuilder.io/version": "v0.20.0"},
            "labels": labels,
            "name": f"{kind.lower()}s.{group}",
        },
        "spec": {"group": group, "names": names, "scope": "Namespaced", "versions": [served]},
    }


def definitions(version: str) -> list[Document]:
    """The eight CRDs of a version, to be changed at will."""
    found: list[Document] = pickle.loads(_definitions(version))
    return found


@functools.cache
def _definitions(version: str) -> bytes:
    """The eight CRDs of a version, the inner four with a small schema.

    A kind's schema is converted to itself, so it stands for the structural one it was made from.
    """
    found = []
    for kind in ("PerconaPGBackup", "PerconaPGCluster", "PerconaPGRestore", "PerconaPGUpgrade"):
        file = schema.schema_root() / "kinds" / kinds.schema_file("pgv2.percona.com", kind, "v2", version)
        structural = kinds.whole(json.loads(file.read_bytes()))
        labels = {"pgv2.percona.com/version": f"v{version}"}
        found.append(definition("pgv2.percona.com", kind, "v2", structural, labels))
    group = OLD if version.startswith("2") else NEW
    for kind in ("CrunchyBridgeCluster", "PGAdmin", "PGUpgrade", "PostgresCluster"):
        mark = {"type": "string", "enum": [version], "description": "prose"}
        spec = {"type": "object", "properties": {"description": mark}}
        structural = {
            "type": "object",
            "description": "prose",
            "properties": {"spec": spec, "status": {"type": "object"}},
        }
        found.append(definition(group, kind, "v1beta1", structural, {"app.kubernetes.io/version": "latest"}))
    return pickle.dumps(found)


def text(documents: list[Document]) -> bytes:
    return "---\n".join(yamlio.dump(document) for document in documents).encode()


@functools.cache
def kept(version: str) -> bytes:
    with tempfile.TemporaryDirectory() as folder:
        crds.add(Path(folder), crds.recognise(text(definitions(version)), "crd.yaml"))
        return (Path(folder) / "crds" / f"{version}.yaml").read_bytes()
