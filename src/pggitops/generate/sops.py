"""What SOPS 3 adds to a Secret it encrypts.

Source: getsops/sops, `stores/stores.go` (the field names of `Metadata`). Open to keys a later SOPS adds, for no person
writes it.
"""

from __future__ import annotations

from typing import Any

Schema = dict[str, Any]

_TEXT = {"type": "string"}


def _keys(*required: str, optional: tuple[str, ...] = ("created_at",)) -> Schema:
    properties = dict.fromkeys((*required, *optional), _TEXT)
    return {"type": ["array", "null"], "items": {"type": "object", "properties": properties, "required": [*required]}}


_KMS = _keys("arn", "enc", optional=("aws_profile", "created_at", "role"))
_KMS["items"]["properties"]["context"] = {
    "type": ["object", "null"],
    "additionalProperties": {"type": ["string", "null"]},
}
_GROUP = {
    "age": _keys("recipient", "enc", optional=()),
    "azure_kv": _keys("vault_url", "name", "enc", optional=("version", "created_at")),
    "gcp_kms": _keys("resource_id", "enc"),
    "hc_vault": _keys("vault_address", "engine_path", "key_name", "enc"),
    "hckms": _keys("key_id", "enc"),
    "kms": _KMS,
    "pgp": _keys("enc", "fp"),
}
_TEXTS = (
    "encrypted_comment_regex",
    "encrypted_regex",
    "encrypted_suffix",
    "lastmodified",
    "mac",
    "unencrypted_comment_regex",
    "unencrypted_regex",
    "unencrypted_suffix",
    "version",
)
SOPS: Schema = {
    "type": "object",
    "properties": {
        **_GROUP,
        **dict.fromkeys(_TEXTS, _TEXT),
        "key_groups": {"type": ["array", "null"], "items": {"type": "object", "properties": _GROUP}},
        "mac_only_encrypted": {"type": "boolean"},
        "shamir_threshold": {"type": "integer"},
    },
    "required": ["lastmodified", "mac", "version"],
}
