"""What makes Secrets among an environment's objects: ExternalSecrets, SealedSecrets, SOPS files, plain ones.

What a complete SOPS file is: getsops/sops v3.13.2, stores/stores.go; what sealed text is: bitnami-labs/sealed-secrets
v0.38, pkg/crypto/crypto.go.
"""

from __future__ import annotations

import base64
import binascii
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from pggitops.model import Manifest
from pggitops.patterns import pattern
from pggitops.record import record

GROUPS = {"ExternalSecret": "external-secrets.io", "SealedSecret": "bitnami.com", "Secret": "v1"}

OPERATORS_OWN = ("pgbouncer", "pgbackrest", "cluster-ca-cert", "cluster-cert", "replication-cert")
"""What the operator makes for each cluster, behind its name and a hyphen (v3.0.0, internal/naming/names.go)."""

DEMANDED = {
    "kubernetes.io/tls": ("tls.crt", "tls.key"),
    "kubernetes.io/dockerconfigjson": (".dockerconfigjson",),
    "kubernetes.io/dockercfg": (".dockercfg",),
    "kubernetes.io/ssh-auth": ("ssh-privatekey",),
}
"""The keys without which the API server takes no Secret of a type (kubernetes/kubernetes v1.34.0, ValidateSecret)."""

# AES256_GCM is SOPS's only cipher; what is no base64 was written by hand
_BASE64 = "(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?"
_SOPS_TEXT = pattern(rf"ENC\[AES256_GCM,data:{_BASE64},iv:[^,\]]+,tag:[^,\]]+,type:[a-z]+\]")
Steps = tuple[str | int, ...]

_SOPS_KEYS = ("age", "pgp", "kms", "gcp_kms", "azure_kv", "hc_vault", "hckms", "key_groups")


@record
class SecretSource:
    """An object that makes the Secret `name`; `maker` is external-secrets, sealed-secrets, sops or plain.

    `manifest` is what a violation calls the object, `file` where somebody wrote it.
    """

    name: str
    namespace: str
    maker: str
    manifest: str
    file: str
    document: Mapping[str, Any]

    @property
    def keys(self) -> frozenset[str] | None:
        """The Secret's keys; None where nobody can tell."""
        return _KEYS.get(self.maker, _secret_keys)(self.document)

    @property
    def empty(self) -> Mapping[str, Steps]:
        """The keys of a Secret under which nothing stands, and where; SOPS leaves them as they are."""
        parts = ("data", "stringData") if self.document["kind"] == "Secret" else ()
        held = [(key, value, (part, key)) for part in parts for key, value in mapping(self.document, part).items()]
        full = {key for key, value, _ in held if value not in ("", None)}
        return {key: path for key, _, path in held if key not in full}

    @property
    def texts(self) -> Mapping[str, Any]:
        """Those contents that can be read, by key."""
        spec = mapping(self.document, "spec")
        if self.maker == "external-secrets":
            return mapping(mapping(mapping(spec, "target"), "template"), "data")
        return mapping(mapping(spec, "template"), "data") if self.maker == "sealed-secrets" else {}

    @property
    def type(self) -> str:
        """The Secret's type."""
        return str(_at(self.document, self.type_path) or "Opaque")

    @property
    def type_path(self) -> tuple[str, ...]:
        """Where the type stands in the object."""
        return (*self._template, "type")

    @property
    def immutable_path(self) -> tuple[str, ...]:
        """Where the object says that the Secret cannot be changed."""
        return ("spec", "target", "immutable") if self.maker == "external-secrets" else (*self._template, "immutable")

    @property
    def is_immutable(self) -> bool:
        """Whether nobody can change the Secret once it is there."""
        return _at(self.document, self.immutable_path) is True

    @property
    def _template(self) -> tuple[str, ...]:
        return _TEMPLATES.get(self.maker, ())

    @property
    def path(self) -> tuple[str, ...]:
        """Where the Secret's keys stand in the object."""
        return {"external-secrets": ("spec", "data"), "sealed-secrets": ("spec", "encryptedData")}.get(self.maker, ())

    @property
    def texts_path(self) -> tuple[str, ...]:
        """Where those contents stand in the object that can be read."""
        return (*(self._template or ("spec", "template")), "data")


def sources(manifests: Iterable[tuple[str, Manifest]]) -> Iterator[SecretSource]:
    """The objects among them that make Secrets; each comes with what a violation calls it."""
    for identity, manifest in manifests:
        document = manifest.document
        kind, group = document["kind"], document["apiVersion"].partition("/")[0]
        if GROUPS.get(kind) == group:
            metadata, name = document["metadata"], None
            if kind == "ExternalSecret":
                name = mapping(mapping(document, "spec"), "target").get("name")
            name = name if name and isinstance(name, str) else metadata["name"]
            namespace = str(metadata.get("namespace") or "")
            maker = _MAKERS.get(kind) or ("sops" if isinstance(document.get("sops"), dict) else "plain")
            yield SecretSource(name, namespace, maker, identity, manifest.source, document)


_TEMPLATES = {"external-secrets": ("spec", "target", "template"), "sealed-secrets": ("spec", "template")}
_MAKERS = {"ExternalSecret": "external-secrets", "SealedSecret": "sealed-secrets"}


def _external_keys(document: Mapping[str, Any]) -> frozenset[str] | None:
    spec = mapping(document, "spec")
    template = mapping(mapping(spec, "target"), "template")
    if spec.get("dataFrom") or template.get("templateFrom"):
        return None
    keys = [*mapping(template, "data")]
    if not keys or template.get("mergePolicy") == "Merge":
        keys += given_keys(document)
    return frozenset(keys)


# a hole that is one value, piped or not; what else a template may do with a value is not followed
_HOLE = pattern(r'\{\{-?\s*(?:index\s+\.\s+"([^"]+)"|\.([A-Za-z_]\w*))\s*(?=\||-?\}\})')


def unfilled(source: SecretSource) -> Iterator[tuple[str, str]]:
    """The holes of an ExternalSecret's template that no item of its `data` fills: the Secret's key, and the hole."""
    spec = mapping(source.document, "spec")
    if source.maker != "external-secrets" or spec.get("dataFrom"):
        return
    given = given_keys(source.document)
    for key, text in source.texts.items():
        holes = (first or second for first, second in _HOLE().findall(str(text)))
        yield from ((key, hole) for hole in dict.fromkeys(holes) if hole not in given)


def given_keys(document: Mapping[str, Any]) -> list[str]:
    """What an ExternalSecret takes from its store, by the names that its template knows."""
    items = mapping(document, "spec").get("data") or ()
    return [item["secretKey"] for item in items if isinstance(item, dict) and "secretKey" in item]


def _sealed_keys(document: Mapping[str, Any]) -> frozenset[str] | None:
    spec = mapping(document, "spec")
    # the deprecated whole hides its keys
    if isinstance(spec.get("data"), str):
        return None
    return frozenset({*mapping(spec, "encryptedData"), *mapping(mapping(spec, "template"), "data")})


def _secret_keys(document: Mapping[str, Any]) -> frozenset[str]:
    return frozenset({*mapping(document, "data"), *mapping(document, "stringData")})


_KEYS = {"external-secrets": _external_keys, "sealed-secrets": _sealed_keys}


def _at(document: Mapping[str, Any], path: tuple[str, ...]) -> object:
    for step in path[:-1]:
        document = mapping(document, step)
    return document.get(path[-1])


def mapping(document: Mapping[str, Any], key: str) -> Mapping[str, Any]:
    """What stands under a key, where it is a map; else nothing: what is wrong with it the schema says."""
    value = document.get(key)
    return value if isinstance(value, dict) else {}


def plain_values(document: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """The values of a Secret that anybody can read: `data` or `stringData`, and the key."""
    for part in ("data", "stringData"):
        for key, value in mapping(document, part).items():
            if value not in ("", None) and not is_sops_text(value):
                yield part, key


def is_sops_text(value: object) -> bool:
    """Whether a value is one that SOPS has encrypted."""
    return isinstance(value, str) and _SOPS_TEXT().fullmatch(value) is not None


def sops_gaps(document: Mapping[str, Any]) -> Iterator[tuple[tuple[str, ...], str]]:
    """What keeps a Secret with encrypted values from being decrypted: where, and what; words that the schema asks for
    are there.
    """
    values = [value for part in ("data", "stringData") for value in mapping(document, part).values()]
    block = document.get("sops")
    if not isinstance(block, dict):
        if any(is_sops_text(value) for value in values):
            yield (), "its values are encrypted, and the `sops` block with the key to them is missing"
        return
    if not any(block.get(word) for word in _SOPS_KEYS):
        yield ("sops",), "it names nobody who can decrypt it"
    if not is_sops_text(block.get("mac")):
        yield ("sops", "mac"), "`sops.mac` is no encrypted text"
    for part in ("metadata", "type"):
        if any(is_sops_text(value) for value in _scalars(document.get(part))):
            yield (part,), f"`{part}` is encrypted too, and what the engine applies must be known before"


def _scalars(value: object) -> Iterator[object]:
    if isinstance(value, dict):
        for item in value.values():
            yield from _scalars(item)
    else:
        yield value


def sealed_gaps(document: Mapping[str, Any]) -> Iterator[tuple[tuple[str, ...], str]]:
    """What keeps a SealedSecret from being unsealed: where, and what."""
    spec = mapping(document, "spec")
    values = mapping(spec, "encryptedData")
    if not values and not isinstance(spec.get("data"), str):
        yield ("spec",), "it holds no sealed value"
    for key, value in values.items():
        if isinstance(value, str) and not _is_sealed(value):
            yield ("spec", "encryptedData", key), f"the value of {key} is no sealed text, or not all of it"


def references(value: Any, path: Steps = (), under: str = "") -> Iterator[tuple[Steps, str]]:
    """Where an object names Secrets that must be there, and their names."""
    if isinstance(value, dict):
        if under in _REFERENCES and isinstance(value.get("name"), str) and not value.get("optional"):
            yield (*path, "name"), value["name"]
        for key, item in value.items():
            if key == "secretName" or (under == "pmm" and key == "secret"):
                if isinstance(item, str) and not value.get("optional"):
                    yield (*path, key), item
            else:
                yield from references(item, (*path, key), key)
    elif isinstance(value, list):
        for index, item in enumerate(value):
            yield from references(item, (*path, index), under)


# the fields of PerconaPGCluster and of pods whose `name` is a Secret's
_REFERENCES = frozenset(
    (
        "secret",
        "secretRef",
        "secretKeyRef",
        "imagePullSecrets",
        "customTLSSecret",
        "customReplicationTLSSecret",
        "customRootCATLSSecret",
    )
)


def _is_sealed(value: str) -> bool:
    """Two bytes with the length of the RSA part, that part, and text with AES-GCM's tag of 16 bytes."""
    try:
        data = base64.b64decode(value, validate=True)
    except binascii.Error:
        return False
    return len(data) >= 2 and len(data) >= 2 + int.from_bytes(data[:2], "big") + 16
