"""What the API server refuses of how pods are placed, and the CRD of their cluster takes: tolerations and affinity.

The operator copies both into the StatefulSets, Deployments and Jobs it makes. Rules of kubernetes/kubernetes v1.34.0,
pkg/apis/core/validation/validation.go: ValidateTolerations, ValidateNodeSelectorRequirement,
ValidatePreferredSchedulingTerms, validateWeightedPodAffinityTerms, validatePodAffinityTerm.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

from pggitops.findings import Path
from pggitops.image_names import within
from pggitops.record import record
from pggitops.schema import syntax

_REQUIRED, _PREFERRED = (f"{word}DuringSchedulingIgnoredDuringExecution" for word in ("required", "preferred"))
_EFFECTS = ("NoSchedule", "PreferNoSchedule", "NoExecute")
_HOLDERS: tuple[Path, ...] = (
    ("spec", "proxy", "pgBouncer"),
    ("spec", "backups", "pgbackrest", "repoHost"),
    ("spec", "backups", "pgbackrest", "jobs"),
    ("spec", "dataSource", "postgresCluster"),
    ("spec", "dataSource", "pgbackrest"),
)
"""Where it says how pods are placed, besides its instance sets."""


@record
class Refused:
    """What is wrong, what to write, and where; `holder` is where the pod is described."""

    why: str
    fix: str
    path: Path
    holder: Path = ()


def refused(resource: Mapping[str, Any]) -> Iterator[Refused]:
    """What a PerconaPGCluster says of its pods that keeps them from being made; once, where several say the same."""
    said: list[tuple[Any, Any]] = [(None, None)]
    for at, pod in _pods(resource):
        placed = pod.get("tolerations"), pod.get("affinity")
        if placed not in said:
            said.append(placed)
            for found in _of_pod(at, pod):
                yield replace(found, holder=at)


def _of_pod(at: Path, pod: Mapping[str, Any]) -> Iterator[Refused]:
    for index, each in enumerate(pod.get("tolerations") or ()):
        yield from _toleration(each, (*at, "tolerations", index))
    affinity = pod.get("affinity")
    if affinity:
        yield from _node(affinity.get("nodeAffinity") or {}, (*at, "affinity", "nodeAffinity"))
        for word in ("podAffinity", "podAntiAffinity"):
            yield from _pod(affinity.get(word) or {}, (*at, "affinity", word))


def _pods(resource: Mapping[str, Any]) -> Iterator[tuple[Path, Mapping[str, Any]]]:
    for index, each in enumerate(resource["spec"].get("instances") or ()):
        yield ("spec", "instances", index), each
    for at in _HOLDERS:
        yield at, within(resource, at) or {}


def _toleration(each: Mapping[str, Any], path: Path) -> Iterator[Refused]:
    key, operator, value = each.get("key"), each.get("operator") or "Equal", each.get("value")
    if not key and operator != "Exists":
        fix = "Name the key, or write `operator: Exists`, which tolerates every taint."
        yield Refused("a toleration has no key", fix, (*path, *list(each)[:1]))
    yield from _word("the key of a toleration", key, syntax.LABEL_KEY, (*path, "key"))
    if value and operator == "Exists":
        fix = "Remove the value, or write `operator: Equal`."
        yield Refused(f"the toleration of {key} has a value, and Exists takes none", fix, (*path, "value"))
    elif operator == "Equal":
        yield from _word(f"the value of the toleration of {key}", value, syntax.LABEL_VALUE, (*path, "value"))
    effect = each.get("effect")
    if each.get("tolerationSeconds") is not None and effect != "NoExecute":
        why = f"the toleration of {key or 'every taint'} has tolerationSeconds, which only NoExecute has"
        yield Refused(why, "Write `effect: NoExecute`, or remove them.", (*path, "tolerationSeconds"))
    if effect and effect not in _EFFECTS:
        why = f'the effect of a toleration is "{effect}"; expected one of {", ".join(_EFFECTS)}'
        yield Refused(why, f"Write one of {', '.join(_EFFECTS)}.", (*path, "effect"))


def _node(affinity: Mapping[str, Any], path: Path) -> Iterator[Refused]:
    terms = affinity.get(_REQUIRED, {}).get("nodeSelectorTerms")
    at = (*path, _REQUIRED, "nodeSelectorTerms")
    if terms == []:
        yield Refused("the node affinity has no term", "Add one, or remove it.", at)
    for index, term in enumerate(terms or ()):
        yield from _expressions(term, (*at, index))
    for index, each in enumerate(affinity.get(_PREFERRED) or ()):
        at = (*path, _PREFERRED, index)
        yield from _weight(each, at)
        yield from _expressions(each.get("preference") or {}, (*at, "preference"))


def _pod(affinity: Mapping[str, Any], path: Path) -> Iterator[Refused]:
    for index, term in enumerate(affinity.get(_REQUIRED) or ()):
        yield from _topology(term, (*path, _REQUIRED, index))
    for index, each in enumerate(affinity.get(_PREFERRED) or ()):
        at = (*path, _PREFERRED, index)
        yield from _weight(each, at)
        yield from _topology(each.get("podAffinityTerm") or {}, (*at, "podAffinityTerm"))


def _weight(each: Mapping[str, Any], path: Path) -> Iterator[Refused]:
    weight = each.get("weight")
    if not (isinstance(weight, int) and 1 <= weight <= 100):
        yield Refused(f"a weight is {weight}; expected 1 to 100", "Write 1 to 100.", (*path, "weight"))


def _topology(term: Mapping[str, Any], path: Path) -> Iterator[Refused]:
    at, key = (*path, "topologyKey"), term.get("topologyKey")
    if not key:
        fix = "Name it: `topologyKey: kubernetes.io/hostname`."
        yield Refused("the affinity to pods has no topologyKey", fix, at)
    yield from _word("the topologyKey", key, syntax.LABEL_KEY, at)


def _expressions(term: Mapping[str, Any], path: Path) -> Iterator[Refused]:
    for index, each in enumerate(term.get("matchExpressions") or ()):
        at = (*path, "matchExpressions", index)
        key, operator, count = each.get("key"), each.get("operator"), len(each.get("values") or ())
        yield from _word("the key of a node affinity", key, syntax.LABEL_KEY, (*at, "key"))
        if operator in ("In", "NotIn") and not count:
            yield Refused(f"{operator} of {key} has no values", "Add the values.", (*at, "operator"))
        elif operator in ("Exists", "DoesNotExist") and count:
            fix = "Remove them, or write In."
            yield Refused(f"{operator} of {key} has values, and takes none", fix, (*at, "operator"))
        elif operator in ("Gt", "Lt") and count != 1:
            yield Refused(f"{operator} of {key} has {count} values, and takes one", "Write one.", (*at, "operator"))
        elif operator not in ("In", "NotIn", "Exists", "DoesNotExist", "Gt", "Lt"):
            known = "In, NotIn, Exists, DoesNotExist, Gt, Lt"
            why = f'the operator of {key} is "{operator}"; expected one of {known}'
            yield Refused(why, f"Write one of {known}.", (*at, "operator"))


def _word(what: str, value: object, wanted: syntax.Syntax, path: Path) -> Iterator[Refused]:
    if value and not wanted.fits(value):
        yield Refused(f'{what} is "{value}"; expected {wanted.expected}', f"Write {wanted.expected}.", path)
