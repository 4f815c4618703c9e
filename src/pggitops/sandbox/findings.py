"""A policy of the repository's own in the worker: its expressions compiled, and what they find."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import field
from typing import Any

from pggitops import yamlio
from pggitops.record import record
from pggitops.sandbox.expressions import Budget
from pggitops.sandbox.holes import Announce, Complaint, Filling, Hole, Reading

MAX_FINDINGS = 100
"""How many a policy may have of one thing that it judges."""
TEXTS = ("message", "fix", "place")

_EVERYWHERE = frozenset(["environment", "namespace", "omit", "range", "settings", "tier", "today"])
_OF_SCOPE = {"environment": frozenset[str](), "cluster": frozenset(["cluster"]), "manifest": frozenset(["manifest"])}


@record
class OwnPolicy:
    """A policy that has been read: what it judges, its expression and texts, or what is wrong with them."""

    path: str
    scope: str
    kind: str = ""
    api_version: str = ""
    finds: Hole | None = None
    texts: Mapping[str, Any] = field(default_factory=dict)
    complaints: tuple[Complaint, ...] = ()

    def takes(self, document: Mapping[str, Any]) -> bool:
        """Whether an object is of those it judges."""
        return document["kind"] == self.kind and self.api_version in ("", document["apiVersion"])


def read(path: str, data: bytes, announce: Announce) -> OwnPolicy:
    """The policy of a file that its schema has accepted."""
    announce([path, 1, 1])
    document, _ = yamlio.load(data)
    applies = document["appliesTo"]
    scope, kind = (applies, {}) if isinstance(applies, str) else ("manifest", applies)
    names = _EVERYWHERE | _OF_SCOPE[scope]
    marks, complaints = yamlio.marks(data), list[Complaint]()
    reading = Reading(path, marks, announce, complaints, names)
    finds = reading.expression(document["finds"], ("finds",))
    reading = Reading(path, marks, announce, complaints, names | {"item"})
    texts = {name: reading.tree(document[name], (name,)) for name in TEXTS if name in document}
    of_kind = kind.get("kind", ""), kind.get("apiVersion", "")
    return OwnPolicy(path, scope, *of_kind, finds, texts, tuple(complaints))


def find(
    policy: OwnPolicy, variables: Mapping[str, Any], limit: int, announce: Announce
) -> tuple[list[dict[str, Any]], list[Complaint]]:
    """What a policy finds in one thing it judges, as the texts of each finding; and what is wrong with the policy.

    `limit` is the size of all texts in bytes.
    """
    assert policy.finds is not None
    budget, complaints = Budget(limit), list[Complaint]()
    filling = Filling(policy.path, variables, budget, announce, complaints)
    found = filling.value(policy.finds)
    if complaints:
        return [], complaints
    if not isinstance(found, bool | list):
        message = "it gives neither true, false nor a list"
        return [], [_complaint(policy.finds, "failed", message, "Compare: `… < 3`, `… is defined`, `… | select(…)`.")]
    items = found if isinstance(found, list) else [None] if found else []
    if len(items) > MAX_FINDINGS:
        message = f"it finds {len(items):,} things in one; {MAX_FINDINGS} are told at most"
        return [], [_complaint(policy.finds, "too-large", message, "Find fewer, or one for all of them.")]
    told = []
    for item in items:
        texts = Filling(policy.path, {**variables, "item": item}, budget, announce, complaints).value(policy.texts)
        told.append({name: value if isinstance(value, str) else str(value) for name, value in texts.items()})
    return ([], list(dict.fromkeys(complaints))) if complaints else (told, [])


def _complaint(hole: Hole, id: str, message: str, fix: str) -> Complaint:
    return Complaint(*hole.place, f"template-{id}", message, fix)


def subjects(policy: OwnPolicy, request: Mapping[str, Any]) -> Iterator[tuple[str, str, str, dict[str, Any]]]:
    """What a policy judges of an environment: its name, its cluster, what people call it, what the expressions see."""
    environment = request["environment"]
    shared = {
        "environment": environment,
        "namespace": environment["namespace"]["name"],
        "settings": request["policies"][policy.path],
        "tier": environment["tier"],
        "today": request["today"],
    }
    if policy.scope == "environment":
        yield "", "", "the environment", shared
    elif policy.scope == "cluster":
        for name, cluster in environment["clusters"].items():
            tier = cluster["tier"] or environment["tier"]
            yield name, name, f"cluster {name}", {**shared, "cluster": cluster, "tier": tier}
    else:
        for name, document in request["manifests"]:
            if policy.takes(document):
                yield name, "", f"{policy.kind} {document['metadata']['name']}", {**shared, "manifest": document}
