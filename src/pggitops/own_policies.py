"""Policies of a repository's own, `policies/*.yaml`: read, and judged by the worker that evaluates templates too.

Such a policy is data: its expression is of the language of templates, and runs where those run, with the same bounds.
It is listed, configured and waived like ours. Expressions see the model in the overlay's words, with every default.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import field, fields, is_dataclass
from pathlib import Path
from typing import Any

from pggitops import policies, schema, yamlio
from pggitops.defects import OWN_POLICY_FAILED, own_failed
from pggitops.findings import Finding, Place, Severity, Violation, did_you_mean
from pggitops.model import Cluster, Environment, Extensions, Manifest, word
from pggitops.patterns import pattern
from pggitops.policies import Policy
from pggitops.record import mutable
from pggitops.sandbox import Sandbox, TemplateFile, TemplateProblem
from pggitops.sandbox.files import POLICY

FOLDER = "policies"
SCOPE = "own"
_BUILT_IN = "a built-in policy"
_STOPPED = ("template-timeout", "template-failed")
"""What is said of an expression that did not come to an end, whatever it judged."""
_HOLE = pattern(r"\{\{.*?\}\}")
_HIDDEN = ("patch", "policies", "waivers", "waiver_rules")


@mutable
class OwnPolicy:
    """One policy: its entry in the catalogue, its file, what it judges, and the cases in it."""

    policy: Policy
    file: TemplateFile
    scope: str
    kind: str = ""
    cases: tuple[dict[str, Any], ...] = ()


@mutable
class OwnPolicies:
    """All policies of a repository, what is wrong with their files, and the ids that the broken ones have or may have.

    A file that does not say its id is looked for by its name.
    """

    policies: tuple[OwnPolicy, ...] = ()
    findings: tuple[Finding, ...] = ()
    broken: frozenset[str] = frozenset()

    @property
    def files(self) -> list[TemplateFile]:
        """What the sandbox is given."""
        return [own.file for own in self.policies]

    @property
    def catalogue(self) -> list[Policy]:
        """Their entries beside those of our own."""
        return [own.policy for own in self.policies]

    @property
    def settings(self) -> dict[str, Mapping[str, Any]]:
        """Their settings, by id."""
        return {own.policy.id: own.policy.settings for own in self.policies}

    def settings_of(self, id: str) -> Mapping[str, Any]:
        """The settings of a policy, ours or theirs."""
        own = self.settings
        return own[id] if id in own else policies.settings(id)


@mutable
class _Loading:
    root: Path
    taken: dict[str, str]
    policies: list[OwnPolicy] = field(default_factory=list)
    findings: list[Finding] = field(default_factory=list)
    broken: set[str] = field(default_factory=set)

    def refuse(self, id: str, message: str, fix: str, place: Place) -> None:
        self.findings.append(Finding(id, Severity.ERROR, message, fix, place))


def load(root: Path) -> OwnPolicies:
    """The policies below a root; those that are broken are findings. Nothing of a file is run."""
    folder = root / FOLDER
    if not folder.is_dir():
        return OwnPolicies()
    loading = _Loading(root, dict.fromkeys(policies.ids(), _BUILT_IN))
    for path in sorted(folder.iterdir()):
        name = f"{FOLDER}/{path.name}"
        if path.suffix == ".yml":
            loading.refuse("own-policy-misplaced", f"{name} is not read", "Name it *.yaml.", Place(name))
        elif path.suffix == ".yaml":
            _load(loading, path, name)
    return OwnPolicies(tuple(loading.policies), tuple(loading.findings), frozenset(loading.broken))


def _load(loading: _Loading, path: Path, name: str) -> None:
    if not path.resolve().is_relative_to(loading.root.resolve()):
        message = "this is a link out of the repository"
        loading.refuse("own-policy-misplaced", message, "Put the file itself here.", Place(name))
        return
    document, data, problems = yamlio.load_file(path)
    for problem in problems:
        loading.refuse(problem.id, problem.message, problem.fix, Place(name, problem.line, problem.column))
    # what other tools keep in a folder of that name is an object
    if problems or (isinstance(document, dict) and {"apiVersion", "kind"} <= document.keys()):
        loading.broken.update([path.stem] if problems else [])
        return
    found = schema.check_policy(document) or list(_beyond(document, loading.taken))
    for violation in found:
        place = _place(name, data, violation.path, violation.at_key)
        loading.refuse(violation.policy, violation.message, violation.fix, place)
    if found:
        loading.broken.add(str(document.get("id", path.stem)) if isinstance(document, dict) else path.stem)
    else:
        loading.taken[document["id"]] = name
        loading.policies.append(_own(document, TemplateFile(name, POLICY, data)))


def _place(name: str, data: bytes, path: yamlio.Steps, at_key: bool = False) -> Place:
    marks = yamlio.marks(data)
    for length in range(len(path), -1, -1):
        mark = marks.get(path[:length])
        if mark is not None:
            return Place(name, *(mark.key if at_key and length == len(path) else mark.value))
    return Place(name)


def _beyond(document: Mapping[str, Any], taken: Mapping[str, str]) -> Iterator[Violation]:
    """What the schema cannot say of a policy."""
    id, page = document["id"], document["page"].strip()
    if id in taken:
        fix = "Give it another id."
        if taken[id] == _BUILT_IN:
            fix = "Give it another id; what a built-in policy weighs is set by `policies` in a base."
        yield Violation(f"{id} is the id of {taken[id]}", fix, ("id",), "own-policy-id-taken")
    if not page.partition("\n")[0].endswith("."):
        message = "the page does not begin with one sentence on one line"
        yield Violation(message, "Say the bad thing first, with a full stop.", ("page",), "own-policy-page")
    for head in ("## Why", "## How to fix"):
        if head not in page.splitlines():
            yield Violation(f"the page has no `{head}`", "Add it.", ("page",), "own-policy-page")
    lenient = Severity.parse(document.get("lenient", document["severity"]))
    if lenient > Severity.parse(document["severity"]):
        message = "lenient is more than severity"
        yield Violation(message, "Swap them.", ("lenient",), "own-policy-severity")
    from pggitops import explain

    place = document.get("place")
    if place and not explain.is_path(_HOLE().sub("0", place)):
        fix = "Write it like `users.app.options`; a key with a dot stands in quotes, an item of a list is `[0]`."
        yield Violation(f"{place} is no dotted path", fix, ("place",), "own-policy-place")
    yield from _cases(document["cases"])


def _cases(cases: list[dict[str, Any]]) -> Iterator[Violation]:
    for index, case in enumerate(cases):
        if ("bad" in case) == ("good" in case):
            message = "a case is either bad or good"
            yield Violation(message, "Write one of the two words.", ("cases", index), "own-policy-case")
        elif "good" in case and {"says", "at"} & case.keys():
            message = "where nothing is found there is no message and no place"
            yield Violation(message, "Remove `says` and `at`.", ("cases", index), "own-policy-case")
    for kind in ("bad", "good"):
        if not any(kind in case for case in cases):
            fix = f"Add one: `- {kind}: {{…}}`."
            yield Violation(f"there is no {kind} case", fix, ("cases",), "own-policy-case")


def _own(document: Mapping[str, Any], file: TemplateFile) -> OwnPolicy:
    severity = Severity.parse(document["severity"])
    lenient = Severity.parse(document.get("lenient", document["severity"]))
    page, settings = document["page"].strip(), document.get("settings") or {}
    entry = Policy(document["id"], document.get("family", "own"), severity, lenient, SCOPE, settings, written=page)
    applies = document["appliesTo"]
    scope, kind = (applies, "") if isinstance(applies, str) else ("manifest", applies["kind"])
    return OwnPolicy(entry, file, scope, kind, tuple(document["cases"]))


@mutable
class Found:
    """What a policy found, and the cluster it is about."""

    own: OwnPolicy
    violation: Violation
    cluster: Cluster | None = None


def judge(
    own: OwnPolicies, sandbox: Sandbox, environment: Environment, manifests: Mapping[str, Manifest], today: str
) -> tuple[list[Found], list[TemplateProblem]]:
    """What the policies find in an environment, and what went wrong with some."""
    wanted = {each.file.path: each for each in own.policies if not _is_off(each.policy, environment)}
    if not wanted:
        return [], []
    settings = {path: _settings(each.policy, environment) for path, each in wanted.items()}
    answers, problems = sandbox.judge(words(environment), settings, _objects(wanted.values(), manifests), today)
    found = []
    for answer in answers:
        policy = wanted[answer.template]
        cluster = environment.clusters[answer.cluster] if policy.scope == "cluster" else None
        found.append(Found(policy, _violation(policy, answer.cluster, answer.document), cluster))
    return found, problems


def judge_objects(
    own: OwnPolicies, sandbox: Sandbox, namespace: str, tier: str, manifests: Mapping[str, Manifest], today: str
) -> tuple[list[Found], list[TemplateProblem]]:
    """What the policies on objects find where no overlay says more than a namespace and a tier."""
    wanted = {each.file.path: each for each in own.policies if each.scope == "manifest"}
    objects = _objects(wanted.values(), manifests)
    if not objects:
        return [], []
    settings = {path: dict(each.policy.settings) for path, each in wanted.items()}
    known = {"namespace": {"name": namespace}, "tier": tier, "clusters": {}}
    answers, problems = sandbox.judge(known, settings, objects, today)
    found = [(wanted[each.template], each) for each in answers]
    return [Found(policy, _violation(policy, each.cluster, each.document)) for policy, each in found], problems


def _objects(wanted: Iterable[OwnPolicy], manifests: Mapping[str, Manifest]) -> list[tuple[str, dict[str, Any]]]:
    """The objects of the kinds that are judged."""
    kinds = {each.kind for each in wanted}
    return [(name, each.document) for name, each in manifests.items() if each.document["kind"] in kinds]


def _is_off(policy: Policy, environment: Environment) -> bool:
    return policy.severity_in(environment, None) is Severity.OFF


def _settings(policy: Policy, environment: Environment) -> dict[str, Any]:
    given = environment.policies.get(policy.id, {})
    return {name: given.get(name, default) for name, default in policy.settings.items()}


def _violation(policy: OwnPolicy, subject: str, texts: Mapping[str, str]) -> Violation:
    """A finding's texts as a violation; without a place, it stands at what was judged."""
    from pggitops import explain

    steps = explain.parse(texts.get("place", ""))
    at_key = not steps
    if policy.scope == "manifest":
        path = steps or ("metadata", "name")
        return Violation(texts["message"], texts["fix"], path, manifest=subject)
    path = ("clusters", subject, *steps) if policy.scope == "cluster" else steps
    return Violation(texts["message"], texts["fix"], path, at_key=at_key)


def problem_finding(own: OwnPolicies, problem: TemplateProblem, environment: str) -> Finding:
    """What went wrong with a policy: its file is broken, or it failed on what it judged (`own-policy-failed`).

    What is so everywhere is of no environment, so that it is told once.
    """
    fix = mended(problem)
    place = Place(problem.template, problem.line, problem.column)
    if problem.is_general and problem.policy not in _STOPPED:
        id = problem.policy.replace("template-", "own-policy-")
        return Finding(id, Severity.ERROR, problem.message, fix, place)
    policy = next(each.policy.id for each in own.policies if each.file.path == problem.template)
    said = own_failed(policy, problem.message, fix, problem.where)
    where = ("", "") if problem.is_general else (environment, problem.cluster)
    return Finding(OWN_POLICY_FAILED, Severity.ERROR, *said, place, "", *where)


def mended(problem: TemplateProblem) -> str:
    """What to do about a problem, in the words for policies."""
    fix = problem.fix.replace("where it may be missing, write: | default(omit)", "where it may be missing, ask first")
    return fix.replace(", or put it into manifests/ as it is", "")


def words(value: Any) -> Any:
    """A model in the overlay's words, as expressions see it; what is a switch of its own is left out."""
    if is_dataclass(value) and not isinstance(value, type):
        verbatim = isinstance(value, Extensions)
        return {
            each.name if verbatim else word(each.name): words(getattr(value, each.name))
            for each in fields(value)
            if each.name not in _HIDDEN
        }
    if isinstance(value, Mapping):
        return {name: words(each) for name, each in value.items()}
    if isinstance(value, list | tuple):
        return [words(each) for each in value]
    return value


def chosen(own: OwnPolicies, ids: Collection[str]) -> list[OwnPolicy]:
    """The policies of these ids that are not broken; all where none is named. KeyError, with a hint, for no policy."""
    known = {each.policy.id: each for each in own.policies}
    for id in ids:
        if id not in known and id not in own.broken:
            raise KeyError(f'there is no policy "{id}" in {FOLDER}/{did_you_mean(id, known)}')
    return [each for id, each in known.items() if not ids or id in ids]
