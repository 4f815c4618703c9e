"""The cases in policies of a repository's own: each must find, or not find, what it says."""

from __future__ import annotations

import datetime
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from pggitops import compose, model, modelling, operators, own_policies, policy_settings, schema, yamlio
from pggitops.compose import Layer, Sources
from pggitops.compose.merge import merge
from pggitops.findings import Place, Violation, dotted
from pggitops.model import Manifest
from pggitops.own_policies import Found, OwnPolicies, OwnPolicy
from pggitops.record import record
from pggitops.sandbox import Sandbox

NAME = "case"
"""What the environment, its cluster and an object are called."""


@record
class Outcome:
    """What became of a case: `why` it failed, empty where it did not; `place` is the case's in the policy's file."""

    policy: str
    name: str
    place: Place
    why: str = ""


class _Unusable(Exception):
    """A case that cannot be judged."""


def _environment() -> dict[str, Any]:
    """An environment with one cluster that nothing is wrong with."""
    storage = {"gcs": {"bucket": "backups"}, "schedules": {"full": "17 1 * * 0"}, "retention": {"full": 5}}
    cluster = {
        "owner": "team",
        "postgres": {"version": 18},
        "instances": {"replicas": 3, "storage": "100Gi"},
        "users": {"app": {"databases": ["app"]}},
        "backups": {"repos": {"repo1": storage}},
    }
    return {
        "apiVersion": "pggitops/v1",
        "kind": "Environment",
        "namespace": "databases",
        "target": {"name": "target"},
        "operator": {"version": operators.versions()[-1]},
        "defaults": cluster,
        "clusters": {NAME: {}},
    }


def run(own: OwnPolicy, root: Path) -> Iterator[Outcome]:
    """Every case of a policy, by the worker that judges environments too."""
    marks = yamlio.marks(own.file.data)
    with Sandbox([own.file]) as sandbox:
        for index, case in enumerate(own.cases):
            mark = marks.get(("cases", index))
            place = Place(own.file.path, *(mark.value if mark else (1, 1)))
            name = case.get("name") or f"{'bad' if 'bad' in case else 'good'} case {index + 1}"
            try:
                why = _judged(own, case, sandbox, root)
            except _Unusable as error:
                why = str(error)
            yield Outcome(own.policy.id, name, place, why)


def _judged(own: OwnPolicy, case: dict[str, Any], sandbox: Sandbox, root: Path) -> str:
    """Why a case fails; empty if it does not."""
    environment, manifests = _subject(own, case, root)
    today = case.get("today") or datetime.date.today().isoformat()
    only = OwnPolicies((own,))
    found, problems = own_policies.judge(only, sandbox, environment, manifests, today)
    if problems:
        one = problems[0]
        place = Place(one.template, one.line, one.column)
        return f"the policy cannot judge it: {one.message} ({place}). {own_policies.mended(one)}"
    said = "; ".join(f'"{one.violation.message}" at {_at(one) or "the top"}' for one in found)
    if "good" in case:
        return f"nothing should be found, and this is: {said}" if found else ""
    if not found:
        return "nothing is found"
    if not any(case.get("says", "") in one.violation.message and case.get("at", _at(one)) == _at(one) for one in found):
        wanted = " ".join(f"{word} {case[word]}" for word in ("says", "at") if word in case)
        return f"no finding {wanted}; there is {said}"
    return ""


def _at(found: Found) -> str:
    """Where a finding is, in what was judged."""
    path = found.violation.path
    return dotted(path[2:] if found.cluster else path)


def _subject(own: OwnPolicy, case: dict[str, Any], root: Path) -> tuple[model.Environment, dict[str, Manifest]]:
    """The environment a case describes, and the object, if the policy judges objects."""
    given = case["bad"] if "bad" in case else case["good"]
    overlay: dict[str, Any] = {}
    manifests = {}
    if own.scope == "environment":
        overlay = given
    elif own.scope == "cluster":
        _refuse(schema.check(given, "cluster"))
        overlay = {"clusters": {NAME: given}}
    else:
        head = {"apiVersion": _api_version(own), "kind": own.kind, "metadata": {"name": NAME, "namespace": "databases"}}
        document = merge(head, given)
        manifests[NAME] = Manifest(f"{NAME}.yaml", document, "", "", f"{NAME}.yaml")
    if "tier" in case:
        overlay = merge(overlay, {"tier": case["tier"]})
    settings = case.get("settings") or {}
    _refuse(policy_settings.check(own.policy.id, settings, own.policy.settings, ("settings",)))
    overlay = merge(overlay, {"policies": {own.policy.id: settings}})
    head = {"apiVersion": "pggitops/v1", "kind": "Environment"}
    _refuse(schema.check({**head, **overlay}, "environment"))
    layers = Layer("standard", _environment(), "environment"), Layer("case", {**head, **overlay}, "environment")
    document = compose.compose(Sources(root), layers)
    _refuse(schema.check(document, "composed"))
    return modelling.build(NAME, document), manifests


def _api_version(own: OwnPolicy) -> str:
    document, _ = yamlio.load(own.file.data)
    return str(document["appliesTo"].get("apiVersion", "v1"))


def _refuse(found: Any) -> None:
    """A case with words that there are not would be good or bad for another reason than it says."""
    for violation in found:
        assert isinstance(violation, Violation)
        raise _Unusable(f"the case itself is wrong at {dotted(violation.path)}: {violation.message}. {violation.fix}")
