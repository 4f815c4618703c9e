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

# AES256_GCM is SOPS's only cipher; what is no base64 was written by hand
_BASE64 = "(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?"
_SOPS_TEXT = pattern(rf"ENC\[AES256_GCM,data:{_BASE64},iv:[^,\]]+,tag:[^,\]]+,type:[a-z]+\]")
Steps = tuple[str | int, ...]

_SOPS_KEYS = ("age", "pgp", "kms", "gcp_kms", "azure_kv", "hc_vault", "hckms", "key_groups")


@record
class SecretSource:
    """An object that makes the Secret `name`; `maker` is external-secrets, sealed-secrets, sops or plain.

    `keys` are the Secret's, None where nobody can tell; `texts` are those contents that can be read. `manifest` is what
    a violation calls the object, `file` where somebody wrote it.
    """

    name: str
    namespace: str
    maker: str
    manifest: str
    file: str
    document: Mapping[str, Any]
    keys: frozenset[str] | None
    texts: Mapping[str, str]

    @property
    def path(self) -> tuple[str, ...]:
        """Where the Secret's keys stand in the object."""
        return {"external-secrets": ("spec", "data"), "sealed-secrets": ("spec", "encryptedData")}.get(self.maker, ())

    @property
    def texts_path(self) -> tuple[str, ...]:
        """Where those contents stand in the object that can be read."""
        return ("spec", *(("target",) if self.maker == "external-secrets" else ()), "template", "data")


def sources(manifests: Iterable[tuple[str, Manifest]]) -> Iterator[SecretSource]:
    """The objects among them that make Secrets; each comes with what a violation calls it."""
    for identity, manifest in manifests:
        document = manifest.document
        group = document["apiVersion"].partition("/")[0]
        if GROUPS.get(document["kind"]) == group:
            metadata = document["metadata"]
            name, maker, keys, texts = _READERS[document["kind"]](document)
            namespace = str(metadata.get("namespace") or "")
            yield SecretSource(
                name or metadata["name"], namespace, maker, identity, manifest.source, document, keys, texts
            )


_Read = tuple[str, str, frozenset[str] | None, Mapping[str, str]]


def _external(document: Mapping[str, Any]) -> _Read:
    spec = mapping(document, "spec")
    target = mapping(spec, "target")
    template = mapping(target, "template")
    texts = mapping(template, "data")
    keys = [*texts]
    if not texts or template.get("mergePolicy") == "Merge":
        keys += [item["secretKey"] for item in spec.get("data") or () if isinstance(item, dict) and "secretKey" in item]
    is_open = spec.get("dataFrom") or template.get("templateFrom")
    name = target.get("name")
    return name if isinstance(name, str) else "", "external-secrets", None if is_open else frozenset(keys), texts


def _sealed(document: Mapping[str, Any]) -> _Read:
    spec = mapping(document, "spec")
    texts = mapping(mapping(spec, "template"), "data")
    # the deprecated whole hides its keys
    keys = None if isinstance(spec.get("data"), str) else frozenset({*mapping(spec, "encryptedData"), *texts})
    return "", "sealed-secrets", keys, texts


def _secret(document: Mapping[str, Any]) -> _Read:
    maker = "sops" if isinstance(document.get("sops"), dict) else "plain"
    return "", maker, frozenset({*mapping(document, "data"), *mapping(document, "stringData")}), {}


_READERS = {"ExternalSecret": _external, "SealedSecret": _sealed, "Secret": _secret}


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
