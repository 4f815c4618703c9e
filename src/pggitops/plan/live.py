"""What runs (`kubectl get pg -o yaml`) beside what is rendered for it."""

from __future__ import annotations

import contextlib
from dataclasses import field
from pathlib import Path

from pggitops import compose, placing
from pggitops.errors import CannotGoOn
from pggitops.findings import Finding, Place, Severity
from pggitops.pipeline import Settings
from pggitops.plan import applied, changes, judging, manifests, overlays, sides
from pggitops.plan.judging import Case
from pggitops.plan.manifests import Document
from pggitops.plan.model import ClusterPlan, ObjectKey, Plan, SideObject
from pggitops.plan.opening import Progress, Select
from pggitops.plan.sides import Objects
from pggitops.record import mutable

_GROUP, _VERSION, _KIND = "pgv2.percona.com", "v2", "PerconaPGCluster"
_ASK = "`kubectl get perconapgclusters.v2.pgv2.percona.com -o yaml -n NAMESPACE`"


@mutable
class Matching:
    """The live clusters by namespace and name, and in which environments each has been found."""

    documents: dict[tuple[str, str], Document]
    is_list: bool
    found: dict[tuple[str, str], list[str]] = field(default_factory=dict)
    plans: list[ClusterPlan] = field(default_factory=list)
    findings: list[Finding] = field(default_factory=list)
    unchanged: int = 0


def planned(settings: Settings, file: str, select: Select, progress: Progress) -> Plan:
    """The plan from what runs to what the working tree renders for the same clusters."""
    matching = _read(file)
    names = select(compose.environment_names(settings.root))
    head = overlays.of_worktree(settings)
    with contextlib.ExitStack() as closing:
        closing.callback(overlays.close, head)
        step = closing.enter_context(progress(len(names)))
        for name in names:
            context = overlays.context(head, name)
            matching.findings += overlays.findings(head, name)
            if context is not None:
                _match(matching, context, head, file)
            step()
    return _plan(matching, file)


def _read(file: str) -> Matching:
    try:
        data = Path(file).read_bytes()
    except OSError as error:
        raise CannotGoOn(f"{file} cannot be read: {error.strerror}", f"Write it with {_ASK}.") from error
    documents, findings = manifests.objects(data, file)
    wrong = next((one for one in findings if one.policy == "plan-unreadable"), None)
    if wrong is not None:
        raise CannotGoOn(f"{wrong.place}: {wrong.message}", f"Write it with {_ASK}.")
    clusters = [each for each in documents if each["kind"] == _KIND or each["kind"] == "PostgresCluster"]
    if not clusters:
        raise CannotGoOn(f"{file} holds no PerconaPGCluster", f"Write it with {_ASK}.")
    others = sorted({each["apiVersion"] for each in clusters} - {f"{_GROUP}/{_VERSION}"})
    if others:
        raise CannotGoOn(
            f"{file} holds clusters of {', '.join(others)}, and what is rendered is of {_GROUP}/{_VERSION}",
            f"Write it with {_ASK}.",
        )
    found = {(str(each["metadata"].get("namespace") or ""), each["metadata"]["name"]): each for each in clusters}
    return Matching(found, len(documents) > 1 or b"items:" in data or b'"items"' in data)


def _match(matching: Matching, context: placing.Context, head: overlays.Overlays, file: str) -> None:
    """The clusters of one environment beside the live ones, with all that surrounds them on both sides."""
    new = {found.key: found for found in sides.objects_of(context)}
    own = {(key.namespace, key.name): key for key in new if key.kind == _KIND}
    here = own.keys() & matching.documents.keys()
    spaces = {namespace for namespace, _ in own}
    strangers = {at for at in matching.documents if at[0] in spaces} - own.keys()
    if not here and not strangers:
        return
    for at in here | strangers:
        matching.found.setdefault(at, []).append(context.name)
    missing = own.keys() - here if matching.is_list and spaces & {space for space, _ in matching.documents} else set()
    if not matching.is_list:
        new = {key: found for key, found in new.items() if key.kind != _KIND or (key.namespace, key.name) in here}
    old: Objects = {key: found for key, found in new.items() if (key.namespace, key.name) not in missing}
    for at in sorted(here | strangers):
        key = own.get(at) or ObjectKey(context.environment.target.name, _GROUP, _KIND, *at)
        document = applied.applied_view(matching.documents[at])
        old[key] = SideObject(key, document, file, context.name, at[1])
    case = Case(context.name, old, new, context, head, head.settings.today, new)
    verdict = judging.judge(case, changes.between(old, new), of_base=False)
    matching.plans += verdict.plans
    matching.unchanged += not verdict.plans
    for _, name in sorted(strangers):
        message = f"the cluster {name} runs in the namespace of {context.name} and is not in Git"
        fix = "Write it down, or delete it if it is left over; pruning would take it away if an engine made it."
        matching.findings.append(Finding("plan-stray", Severity.WARNING, message, fix, Place(file), "", context.name))


def _plan(matching: Matching, file: str) -> Plan:
    if not matching.found:
        spaces = ", ".join(sorted({space or "none" for space, _ in matching.documents})[:5])
        raise CannotGoOn(
            f"no cluster of {file} (namespaces: {spaces}) is one that is rendered here",
            "Look whether kubectl's context is the target of the environment you mean.",
        )
    twice = {at: names for at, names in matching.found.items() if len(names) > 1}
    if twice:
        (space, name), names = next(iter(sorted(twice.items())))
        raise CannotGoOn(
            f"{space}/{name} of {file} may be that of {' or '.join(names)}",
            f"Name one: `pggitops plan --live FILE {names[0]}`.",
        )
    left = len(matching.documents.keys() - matching.found.keys())
    notes = (f"{left} clusters of {file} are in no environment that was looked at",) if left else ()
    plans = sorted(matching.plans, key=lambda plan: (-plan.risk, plan.environment, plan.cluster))
    return Plan(
        f"what runs ({file})", "the working tree", tuple(plans), tuple(matching.findings), notes, matching.unchanged
    )
