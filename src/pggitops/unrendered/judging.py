"""Objects nobody rendered, held against their schemas and against every policy that needs no more than they tell."""

from __future__ import annotations

import datetime
import functools
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import field, replace
from pathlib import Path
from typing import Any

from pggitops import operators, own_policies, policies, schema, written
from pggitops.committed import Committed
from pggitops.compose.merge import present
from pggitops.defects import failed
from pggitops.errors import CannotGoOn
from pggitops.findings import Finding, ObjectRef, Place, Severity, Violation, did_you_mean, dotted
from pggitops.model import Manifest
from pggitops.network.engine import Pod
from pggitops.network.needs import INSIDE, Need, inside
from pggitops.network.reachability import Cut, Reachability, is_network_policy
from pggitops.network.rules import EGRESS, INGRESS
from pggitops.own_policies import OwnPolicies
from pggitops.record import mutable
from pggitops.sandbox import Sandbox
from pggitops.unknown import NotKnown
from pggitops.unrendered import secrets
from pggitops.unrendered.files import Read, Source
from pggitops.unrendered.foreign import is_foreign
from pggitops.unrendered.groups import CLUSTER, Group, Steps, asked, groups, is_cluster
from pggitops.unrendered.known import NO_NAMESPACE, as_in_a_file, environment_of, manifest_of
from pggitops.unrendered.repeated import repeated
from pggitops.unrendered.wording import for_manifests

NEEDS_FLEET = "they look between environments"
NEEDS_RESOURCE = "there is no PerconaPGCluster without errors"
NEEDS_OVERLAY = "they need words of an overlay"
_OVERLAY = "they look at how the overlay is written"


@mutable
class Judged:
    """What was said of the objects, and of which policies nobody knows what they would say, with the reason of each.

    `unknown_kinds` counts the objects of kinds without a schema, `namespaces` are those there are.
    """

    findings: list[Finding] = field(default_factory=list)
    not_judged: dict[str, str] = field(default_factory=dict)
    unknown_kinds: Counter[str] = field(default_factory=Counter)
    namespaces: list[str] = field(default_factory=list)
    clusters: int = 0

    @property
    def said(self) -> str:
        """Which policies were not judged: how many, and why, the most frequent reason first."""
        reasons = Counter(self.not_judged.values())
        return f"{len(self.not_judged)} policies ({'; '.join(f'{reasons[why]}: {why}' for why in _by_number(reasons))})"


def _by_number(reasons: Counter[str]) -> list[str]:
    return sorted(reasons, key=lambda why: (-reasons[why], why))


@mutable
class _Reachability(Reachability):
    """What is possible between a cluster's own pods; of all others nobody says where they are."""

    @property
    def pods(self) -> list[Pod]:
        """Every pod that is known, if there is a cluster: without one, all others are somewhere else as well."""
        if not self.clusters:
            raise NotKnown(NEEDS_RESOURCE)
        return [*(pod for pods in self.clusters for pod in pods.all), *(pod for _, pod in self.workloads)]

    def needs(self) -> Iterator[Need]:
        """Every connection between pods of one cluster."""
        return (need for pods in self.clusters for need in inside(pods))

    @property
    def has_cuts(self) -> bool:
        """Each policy is to say for itself whether it can be judged."""
        return True

    def cuts(self, policy: str, cluster: str | None = None) -> list[Cut]:
        """Known of those needs, where something is opened: what only denies has its openings somewhere else."""
        if policy not in INSIDE:
            raise NotKnown("they need to know where else the pods connect to")
        if not any(each.rules(direction) for each in self.policies for direction in (INGRESS, EGRESS)):
            raise NotKnown("no NetworkPolicy opens anything")
        return Reachability.cuts(self, policy, cluster)


@mutable
class _Facts(policies.Facts):
    """Facts that are not all there: objects of the `broken` kinds have errors, others cannot even be read."""

    broken: frozenset[str] = frozenset()
    is_unread: bool = False

    def of_kind(self, kind: str) -> list[tuple[str, Manifest]]:
        """The objects of a kind; where there is no ConfigMap at all, those a cluster names are somewhere else."""
        found = policies.Facts.of_kind(self, kind)
        if kind == "ConfigMap":
            if not found:
                raise NotKnown("there is no ConfigMap")
            self._whole(kind)
        return found

    def _whole(self, *kinds: str) -> None:
        """Raise NotKnown where an object of one of the kinds is missing."""
        if not self.broken.isdisjoint(kinds):
            raise NotKnown(f"a {' or '.join(kinds)} has errors")
        if self.is_unread:
            raise NotKnown("something cannot be read")

    def reachability(self) -> Reachability:
        """Known only where there is a NetworkPolicy: somewhere else there may be many."""
        if not any(is_network_policy(manifest.document) for _, manifest in self.of_kind("NetworkPolicy")):
            raise NotKnown("there is no NetworkPolicy")
        self._whole(CLUSTER, "NetworkPolicy")
        if self._reachability is None:
            known = policies.Facts.reachability(self)
            self._reachability = _Reachability(known.environment, known.manifests, known.ready, known.resources)
        return self._reachability


@mutable
class JudgedAs:
    """By what the objects are judged.

    `root` is the repository whose schemas and policies of its own are used, if there is one; `version` is the
    operator's, where it is not what their crVersion says.
    """

    root: Path | None
    today: datetime.date
    version: str | None = None
    tier: str = "production"
    own: OwnPolicies = field(default_factory=OwnPolicies)


def judge(read: Read, by: JudgedAs) -> Judged:
    """What there is to say of the objects."""
    with Sandbox(by.own.files) as sandbox:
        return _all(read, by, sandbox)


def _all(read: Read, by: JudgedAs, sandbox: Sandbox) -> Judged:
    version = by.version
    if version is not None and version not in operators.versions():
        known = ", ".join(operators.versions())
        hint = did_you_mean(version, operators.versions())
        raise CannotGoOn(f"there is no operator version {version}{hint}", f"There are: {known}.")
    result = Judged()
    found: dict[Finding, None] = dict.fromkeys([*read.findings, *repeated(read), *by.own.findings])
    unknown: list[tuple[Group, dict[str, str]]] = []
    for group in groups(read.objects, version):
        result.namespaces.append(group.namespace or NO_NAMESPACE)
        place = _Placing(read, group, [])
        found.update(dict.fromkeys(_checked(result, group, place, by)))
        unknown.append((group, {}))
        found.update(dict.fromkeys(_judged(result, group, place, by, sandbox, unknown[-1][1])))
        result.clusters += len(group.sound)
    result.namespaces = list(dict.fromkeys(result.namespaces))
    result.not_judged |= _not_judged(unknown)
    if not result.clusters:
        result.not_judged |= dict.fromkeys(policies.of_clusters(), NEEDS_RESOURCE)
    result.not_judged |= dict.fromkeys(policies.between_environments(), NEEDS_FLEET)
    result.findings = list(found)
    return result


def _not_judged(unknown: list[tuple[Group, dict[str, str]]]) -> dict[str, str]:
    """Why a policy cannot say all there is to say, and where, if that is not everywhere.

    Objects without a cluster beside them, such as those without a namespace, count only if there is none at all; then
    no place is any better known.
    """
    counted = [one for one in unknown if one[0].has_cluster] or unknown
    reasons: dict[str, str] = {}
    where: dict[str, dict[str, None]] = {}
    for group, own in counted:
        for policy, why in own.items():
            reasons.setdefault(policy, why)
            where.setdefault(policy, {})[group.namespace or NO_NAMESPACE] = None
    everywhere = len({group.namespace for group, _ in counted if group.has_cluster})
    return {
        policy: why if len(where[policy]) >= everywhere else f"in {_listed(list(where[policy]))} {why}"
        for policy, why in reasons.items()
    }


def _listed(names: list[str]) -> str:
    return ", ".join(names[:3]) + (f" and {len(names) - 3} more" if len(names) > 3 else "")


@mutable
class _Placing:
    """From a violation to a finding, at the line of the object that holds it."""

    read: Read
    group: Group
    resources: list[str]

    def finding(self, violation: Violation, policy: str = "", severity: Severity = Severity.ERROR) -> Finding:
        """The finding, with its place in a file."""
        name, path = (violation.manifest, violation.path) if violation.manifest else self._origin(violation.path)
        if violation.severity is not None:
            severity = violation.severity
        source = self.group.objects[name]
        document = source.document
        metadata = document["metadata"]
        namespace = str(metadata.get("namespace") or "")
        about = ObjectRef(document["apiVersion"], document["kind"], namespace, metadata["name"], dotted(path))
        cluster = metadata["name"] if is_cluster(document) else ""
        place = violation.place or self.place(source, path, violation.at_key)
        environment = self.group.namespace or NO_NAMESPACE
        said = for_manifests(violation.message), for_manifests(violation.fix)
        words = violation.policy or policy, severity, *said
        return Finding(*words, place, "", environment, cluster, about, is_secret=violation.is_secret)

    def place(self, source: Source, path: Steps, at_key: bool) -> Place:
        """Where a path of an object stands, or its nearest parent."""
        marks = self.read.marks(source)
        whole = (*source.prefix, *path)
        for length in range(len(whole), -1, -1):
            mark = marks.get(whole[:length])
            if mark is not None:
                return Place(source.file, *(mark.key if at_key and length == len(whole) else mark.value))
        return Place(source.file)

    def _origin(self, path: Steps) -> tuple[str, Steps]:
        """The object and its field that a word of the overlay stands for; the nearest there is."""
        if path[:1] != ("clusters",) or len(path) < 2 or str(path[1]) not in self.group.sound:
            return next(iter(self.group.sound.values()), next(iter(self.group.objects))), ()
        name = self.group.sound[str(path[1])]
        origins, document = self.group.origins[name], self.group.objects[name].document
        words = path[2:]
        for length in range(len(words), 0, -1):
            at = words[:length]
            known = origins.get(at) or next((to for word, to in origins.items() if word[:length] == at), None)
            if known is not None and present(document, known[:-1]):
                return name, (*known, *words[length:]) if at in origins else known
        return name, ("metadata", "name") if not words else ("spec",)


def _checked(result: Judged, group: Group, place: _Placing, by: JudgedAs) -> Iterator[Finding]:
    """Each object against the schema of its kind; the clusters that pass are sound."""
    for name, source in group.objects.items():
        document = source.document
        found = schema.check_manifest(as_in_a_file(document), group.version, by.root)
        if any(violation.policy == "manifest-no-schema" for violation in found) and is_foreign(document):
            result.unknown_kinds[document["kind"]] += 1
            continue
        told = [
            place.finding(replace(violation, manifest=name))
            for violation in written.told(
                found, source.document, functools.partial(place.read.marks, source), source.prefix
            )
        ]
        yield from told
        is_broken = any(finding.stops for finding in told)
        if is_broken:
            group.broken.add(name)
        elif is_cluster(document):
            group.sound[document["metadata"]["name"]] = name
        if is_cluster(document) and by.version is None:
            yield from _of_version(group, place, name, document, is_broken)


def _of_version(
    group: Group, place: _Placing, name: str, document: Mapping[str, Any], is_broken: bool
) -> Iterator[Finding]:
    """A crVersion that is not known, or not said: by which one it is judged. What is wrong may come of that."""
    own = asked(document)
    if own in operators.versions() or (own is None and is_broken):
        return
    what = f"crVersion {own} is not known" if own else "there is no crVersion"
    message = f"{what}: judged as of operator {group.version}"
    fix = "Name the operator that runs it: `--operator-version VERSION`."
    path = ("spec", "crVersion") if own else ("spec",)
    found = Violation(message, fix, path, "manifest-operator-unknown", name, severity=Severity.WARNING)
    yield place.finding(found)


def _judged(
    result: Judged, group: Group, place: _Placing, by: JudgedAs, sandbox: Sandbox, unknown: dict[str, str]
) -> Iterator[Finding]:
    """What the policies say of a group; those that cannot say all are put into `unknown`, with the reason."""
    sound = {name: source for name, source in group.objects.items() if name not in group.broken}
    environment = replace(environment_of(group), tier=by.tier)
    for name, word in group.unsaid.items():
        yield place.finding(_unsaid(name, word))
    kinds = {group.objects[name].document["kind"] for name in (*group.broken, *group.unsaid)}
    manifests = {name: manifest_of(group, name, source, by.root) for name, source in sound.items()}

    def scope_of(document: dict[str, Any]) -> str | None:
        return schema.scope(document, group.version, by.root)

    def of_the_overlay(*given: Any) -> Any:
        raise NotKnown(_OVERLAY)

    def in_text() -> Iterator[Committed]:
        return secrets.committed(place.read, group)

    facts = _Facts(environment, {}, manifests, by.today, scope_of, of_the_overlay, of_the_overlay, in_text)
    facts.broken, facts.is_unread = frozenset(kinds), bool(place.read.findings)
    for policy, severity, _, violation in policies.judge_by_all(facts):
        if group.is_guessed and violation.path == ("operator", "version"):
            facts.not_judged[policy.id] = "they need to know the operator's version"
            continue
        try:
            yield place.finding(violation, policy.id, severity)
        except Exception as error:
            yield place.finding(failed(policy.id, error, "its own violation"))
    unknown |= facts.not_judged
    yield from _own(result, group, place, by, sandbox, manifests)


def _unsaid(name: str, word: str) -> Violation:
    message = f"no policy on clusters can judge it: an overlay could not say its {word}"
    return Violation(message, "Complete it.", ("spec",), "manifest-not-judged", name, severity=Severity.WARNING)


def _own(
    result: Judged,
    group: Group,
    place: _Placing,
    by: JudgedAs,
    sandbox: Sandbox,
    manifests: Mapping[str, Manifest],
) -> Iterator[Finding]:
    """What the repository's own policies say; one that asks for what no object tells is not judged."""
    found, problems = own_policies.judge_objects(
        by.own, sandbox, group.namespace, by.tier, manifests, by.today.isoformat()
    )
    for one in found:
        policy = one.own.policy
        yield place.finding(one.violation, policy.id, policy.severity_of(by.tier))
    files = {each.file.path: each.policy.id for each in by.own.policies}
    result.not_judged |= {each.policy.id: NEEDS_OVERLAY for each in by.own.policies if each.scope != "manifest"}
    for problem in problems:
        if problem.policy == "template-undefined" and not problem.is_general:
            result.not_judged[files[problem.template]] = NEEDS_OVERLAY
        else:
            yield own_policies.problem_finding(by.own, problem, "")
