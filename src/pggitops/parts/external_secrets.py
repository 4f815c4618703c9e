"""ExternalSecrets: how External Secrets makes a Secret from the store (external-secrets.io/v1, read at v2.9.0).

Every default is spelt out, so that no version's own makes a difference between Git and the cluster; `nullBytePolicy`
is there since v2.3.0. The operator completes a user's Secret, so it is made once and then left alone: `Orphan` is the
one policy under which a foreign change of the Secret does not make External Secrets write it again
(pkg/controllers/externalsecret/externalsecret_controller.go, isSecretValid).
"""

from __future__ import annotations

from typing import Any

from pggitops.model import Cluster, Environment
from pggitops.parts.names import common_annotations, common_labels, guards, is_protected
from pggitops.parts.secrets import Line, NeededSecret
from pggitops.parts.sharing import shared

WAVE = "-20"
"""Before the cluster, whose objects have no wave, which is 0."""


def own_annotations(environment: Environment, cluster: Cluster | None, secret: NeededSecret) -> dict[str, str]:
    """The ExternalSecret's own: guards on what databases and backups depend on, and users before their cluster.

    An operator that finds no Secret makes up a password, and its verifier outlives the right one.
    """
    return _annotations(environment, cluster, secret.use, secret.clusters)


@shared
def _annotations(
    environment: Environment, cluster: Cluster | None, use: str, clusters: tuple[str, ...]
) -> dict[str, str]:
    own = common_annotations(environment, cluster)
    if use in ("backup", "user"):
        own = own | guards(environment, any(is_protected(environment, environment.clusters[name]) for name in clusters))
    if use == "user" and environment.delivery.engine == "argocd":
        own = own | {"argocd.argoproj.io/sync-wave": WAVE}
    return own


@shared
def store_reference(environment: Environment) -> dict[str, str] | None:
    """The store that the environment reads from."""
    store = environment.secrets.store
    return {"kind": store.kind, "name": store.name} if store else None


@shared
def secret_labels(environment: Environment, cluster: Cluster | None) -> dict[str, str]:
    """The labels of the Secret; who manages it is neither us nor the same for all: the operator writes that label."""
    return {
        name: value
        for name, value in common_labels(environment, cluster).items()
        if name != "app.kubernetes.io/managed-by"
    }


def refresh_policy(secret: NeededSecret) -> str:
    """When the store is asked again: for a user only by somebody's will, for it means a new password."""
    return "OnChange" if secret.use == "user" else "Periodic"


def creation_policy(secret: NeededSecret) -> str:
    """Whether the Secret goes with its ExternalSecret: a user's does not."""
    return "Orphan" if secret.use == "user" else "Owner"


def data(secret: NeededSecret) -> list[dict[str, Any]]:
    """What is taken from the store: each value under its own name, or at once under the Secret's key."""
    if _needs_template(secret):
        named = {value.property: value.property for value in secret.values}
    else:
        named = {lines[0][1].property: key for key, lines in secret.keys.items() if lines[0][1]}
    return [
        {
            "secretKey": key,
            "remoteRef": {
                "key": secret.store_key,
                "property": name,
                "conversionStrategy": "Default",
                "decodingStrategy": "None",
                "metadataPolicy": "None",
                "nullBytePolicy": "Ignore",
            },
        }
        for name, key in named.items()
    ]


def template_data(secret: NeededSecret) -> dict[str, str] | None:
    """The Secret's keys where one holds more than a value: text with holes that External Secrets fills."""
    if not _needs_template(secret):
        return None
    return {key: "\n".join(_text(line) for line in lines) for key, lines in secret.keys.items()}


def _needs_template(secret: NeededSecret) -> bool:
    return any(text for lines in secret.keys.values() for text, _ in lines)


def _text(line: Line) -> str:
    text, value = line
    return f'{text}{{{{ index . "{value.property}" }}}}' if value else text
