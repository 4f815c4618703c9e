"""What Roles and bindings permit, as Kubernetes reads them ("Using RBAC Authorization")."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from typing import Any

ROLES, BINDINGS = ("Role", "ClusterRole"), ("RoleBinding", "ClusterRoleBinding")


def has_wildcard(rule: Mapping[str, Any]) -> bool:
    """Whether a rule permits every verb, every resource or every group."""
    return any("*" in (rule.get(word) or ()) for word in ("verbs", "resources", "apiGroups"))


def rules(document: Mapping[str, Any]) -> Iterator[tuple[int, Mapping[str, Any]]]:
    """The rules of a Role, each with its index."""
    yield from enumerate(document.get("rules") or ())


def permits(
    rule: Mapping[str, Any], group: str, resources: Collection[str], verbs: Collection[str]
) -> tuple[list[str], list[str]]:
    """Which of these resources and verbs a rule permits; without both it permits nothing of them."""
    if group not in (rule.get("apiGroups") or ()):
        return [], []
    mine = [each for each in rule.get("resources") or () if each in resources]
    may = [each for each in rule.get("verbs") or () if each in verbs]
    return (mine, may) if mine and may else ([], [])
