"""The object that changes, others beside it, and what delivers them."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from pggitops.parts.names import OPERATOR
from pggitops.plan.effects import facts
from pggitops.plan.effects.context import Context, value_at
from pggitops.plan.effects.match import Match
from pggitops.plan.model import ChangeKind, SideObject


def finalizer(name: str, match: Match) -> bool:
    """The old object carries a finalizer."""
    found = match.context.old_objects.get(match.difference.object)
    document = found.document if found else match.context.old
    finalizers = value_at(document, ("metadata", "finalizers"))
    return isinstance(finalizers, list) and name in finalizers


def guarded(word: bool, match: Match) -> bool:
    """An annotation of the old object keeps engines from deleting it."""
    found = match.context.old_objects.get(match.difference.object)
    return facts.is_guarded(found.document if found else match.difference.old) is word


def kept(word: bool, match: Match) -> bool:
    """What delivers the cluster is known, and deletes nothing that left Git: neither it nor its own removal does."""
    deliveries = facts.of_cluster(facts.engines(match.context.old_objects.values()), match.context.name)
    return (bool(deliveries) and all(_keeps(each, match.context) for each in deliveries)) is word


def _keeps(delivery: SideObject, context: Context) -> bool:
    after = context.new_objects.get(delivery.key)
    if after is not None:
        return not facts.prunes(after)
    if delivery.key.kind == "Kustomization":
        own = facts.spec(delivery.document)
        policy = own.get("deletionPolicy") or "MirrorPrune"
        return policy == "Orphan" or (policy == "MirrorPrune" and own.get("prune") is not True)
    finalizers = value_at(delivery.document, ("metadata", "finalizers"))
    return not any(str(each).startswith("resources-finalizer") for each in facts.listed(finalizers))


def with_object(kinds: str | list[str], match: Match) -> bool:
    """The same change adds an object of this kind."""
    wanted = [kinds] if isinstance(kinds, str) else kinds
    return any(
        each.kind is ChangeKind.ADDED and not each.path and each.object.kind in wanted for each in match.context.changes
    )


def object_was(values: Mapping[str, Any], match: Match) -> bool:
    """The changed object had these values."""
    return _holds(_document(match, new_first=False), values)


def _document(match: Match, new_first: bool) -> Any:
    sides = (match.context.new_objects, match.context.old_objects)
    for side in sides if new_first else sides[::-1]:
        if match.difference.object in side:
            return side[match.difference.object].document
    values = (match.difference.new, match.difference.old)
    documents = [each for each in (values if new_first else values[::-1]) if not facts.is_missing(each)]
    return documents[0] if documents and not match.difference.path else {}


def _holds(document: Any, values: Mapping[str, Any]) -> bool:
    return all(value_at(document, tuple(path.split("."))) == value for path, value in values.items())


def operator_changes(word: bool, match: Match) -> bool:
    """The operator that an object is named like changes its image besides."""
    name = match.difference.object.name
    return word is any(
        each.object.kind == "Deployment" and each.object.name == name and each.path[-1:] == ("image",)
        for each in match.context.changes
    )


def clusters_stay(word: bool, match: Match) -> bool:
    """There are PerconaPGClusters on the new side."""
    return any(key.kind == "PerconaPGCluster" for key in match.context.new_objects) is word


def init_image_kept(word: bool, match: Match) -> bool:
    """The init container's image is new in the resource, and the one that the operator gave it before (util.go)."""
    new = match.difference.new
    image = new.get("image") if isinstance(new, Mapping) else new
    version = facts.spec(match.context.old).get("crVersion")
    before = {
        own if own.endswith(f":{version}") else f"{own.partition(':')[0]}:{version}"
        for each in match.context.old_objects.values()
        if each.key.kind == "Deployment" and each.key.name == OPERATOR
        for own in _images(each.document)
    }
    return (facts.is_missing(match.difference.old) and image in before) is word


def _images(deployment: Any) -> list[str]:
    containers = facts.maps(value_at(deployment, ("spec", "template", "spec", "containers")))
    return [str(each.get("image")) for each in containers]


def read(word: bool, match: Match) -> bool:
    """A Kustomization reads the source after the change, as far as they are known; one of an unknown kind may."""
    deliveries = facts.engines(match.context.new_objects.values())
    names = [value_at(each.document, ("spec", "sourceRef", "name")) for each in deliveries]
    return (not deliveries or match.difference.object.name in names) is word


def name_like(pattern: str, match: Match) -> bool:
    """The object's name is like this."""
    return re.search(pattern, match.difference.object.name) is not None


def object_kind(kind: str, match: Match) -> bool:
    """The object is of this kind."""
    return match.difference.object.kind == kind


def object_is_outside(word: bool, match: Match) -> bool:
    """The changed Service is of a type that is reached from outside, after the change."""
    found = value_at(_document(match, new_first=True), ("spec", "type"))
    return (found in ("LoadBalancer", "NodePort")) is word


def object_was_finalized(name: str, match: Match) -> bool:
    """The changed object carried a finalizer that begins so."""
    finalizers = value_at(_document(match, new_first=False), ("metadata", "finalizers"))
    return isinstance(finalizers, list) and any(str(each).startswith(name) for each in finalizers)


def ignored(pointer: str, match: Match) -> bool:
    """Argo CD leaves a field of the resource to the operator, before the change: as in a declared upgrade."""
    applications = facts.of_cluster(facts.engines(match.context.old_objects.values()), match.context.name)
    rules = [rule for each in applications for rule in facts.maps(facts.spec(each.document).get("ignoreDifferences"))]
    return any(pointer in (rule.get("jsonPointers") or ()) for rule in rules)
