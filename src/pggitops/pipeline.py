"""READ FIRST: an environment from its files to its manifests, then the fleet.

`build` takes environments through the stages: load → compose → validate → model → references → render → validate
manifests → policies. What becomes of one depends on none of the others. Problems are values in every stage; an error in
one environment never hides another's. `fleet.py` maps it over many environments and lets fleet policies and fleet
outputs see the summaries.
"""

from __future__ import annotations

import datetime
import functools
import sys
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import field, replace
from pathlib import Path
from types import MappingProxyType
from typing import Any

from pggitops import (
    baseline,
    committed,
    compose,
    kustomizations,
    modelling,
    own_policies,
    own_templates,
    patch,
    placeholders,
    placing,
    policies,
    references,
    render,
    schema,
    summaries,
    waivers,
    written,
    yamlio,
)
from pggitops.baseline import Baseline
from pggitops.compose import Layer, Sources
from pggitops.compose.merge import present, value
from pggitops.defects import failed
from pggitops.errors import CannotGoOn
from pggitops.findings import Finding, Severity, Violation, dotted
from pggitops.model import Cluster, Environment, EnvironmentSummary, Kind, Manifest
from pggitops.own_policies import OwnPolicies
from pggitops.passthrough import Passed, passed_through
from pggitops.record import mutable, record
from pggitops.sandbox import Sandbox
from pggitops.templates.texts import WRITERS


@record
class Settings:
    """What one run is about: the repository's root, the day by which waivers expire, what is in the baseline."""

    root: Path
    today: datetime.date = field(default_factory=datetime.date.today)
    baseline: Baseline = Baseline()
    _own: list[OwnPolicies] = field(default_factory=list)

    @property
    def own(self) -> OwnPolicies:
        """The policies of the repository's own, read once."""
        if not self._own:
            self._own.append(own_policies.load(self.root))
        return self._own[0]


Outputs = dict[str, dict[str, bytes]]
"""Folders of `rendered/`, each with its files by their paths in it."""


@record
class Built:
    """What became of one environment: its findings, and its outputs unless something stops it.

    `outputs` has the files of each folder below `rendered/` that is this environment's alone: its own, and what the
    GitOps engine reads of it. `removed` says that its folder declares it gone. `summary` is there as soon as there is a
    model. `count` is the number of objects; `objects` counts those of each file that holds another number than one.
    """

    name: str
    findings: tuple[Finding, ...]
    outputs: Outputs | None = None
    summary: EnvironmentSummary | None = None
    removed: bool = False
    count: int = 0
    objects: Mapping[str, int] = field(default_factory=dict)

    @property
    def stops(self) -> bool:
        """Whether the environment may not be written."""
        return any(finding.stops for finding in self.findings)


@mutable
class _Open:
    """An environment on its way: what is known of it after each stage."""

    context: placing.Context
    passed: Passed
    outputs: Outputs = field(default_factory=dict)
    findings: list[Finding] = field(default_factory=list)


TOGETHER = 16
"""How many environments are best built together (`docs/performance.md`)."""


def build(settings: Settings, sources: Sources, sandbox: Sandbox, names: Iterable[str]) -> list[Built]:
    """Environments, top to bottom: the outputs of each, or what keeps them from being made.

    All pass a stage before the next begins, so that a few that are built together find its code and what they share in
    the processor's caches.
    """
    prepared = [prepare(settings, sources, name) for name in names]
    on_the_way = {
        one.name: _Open(one, render_into(settings, one, sandbox)) for one in prepared if not isinstance(one, Built)
    }
    for one in on_the_way.values():
        one.outputs = outputs_of(one.context, one.passed)
    for one in on_the_way.values():
        one.findings = [*one.passed.findings, *_check_manifests(settings, one.context, one.outputs)]
    well_formed = [one for one in on_the_way.values() if not any(finding.stops for finding in one.findings)]
    judged = _judge(settings, sources, [one.context for one in well_formed], sandbox)
    for one, findings in zip(well_formed, judged, strict=True):
        one.findings += findings
    return [one if isinstance(one, Built) else _built(settings, on_the_way[one.name]) for one in prepared]


def _built(settings: Settings, one: _Open) -> Built:
    name, context, outputs = one.context.name, one.context, one.outputs
    objects = {f"{name}/{file}": count for file, count in one.passed.objects.items()}
    objects |= dict.fromkeys(_unread(outputs), 0)
    summary = summary_of(context.environment, kinds_of(settings, context), valid_manifests(settings, context))
    return Built(name, tuple(one.findings), outputs, summary, count=len(context.manifests), objects=objects)


def valid_manifests(settings: Settings, context: placing.Context) -> dict[str, Manifest]:
    """The manifests that have the form of their kind: what comes from nobody but us has it."""
    version, clusters = context.environment.operator.version, context.environment.clusters
    return {
        identity: manifest
        for identity, manifest in context.manifests.items()
        if not (manifest.source or (manifest.cluster and clusters[manifest.cluster].patch))
        or not schema.check_manifest(manifest.document, version, settings.root)
    }


def prepare(settings: Settings, sources: Sources, name: str) -> placing.Context | Built:
    """The first half: an environment that can be rendered, or what keeps it from that.

    Each stage runs if the ones before found nothing: a document that is no map has no schema errors worth reading.
    """
    loaded = compose.load(sources, name)
    findings = [*loaded.findings, *_check_layers(sources, loaded.layers, name)]
    if findings:
        return Built(name, tuple(findings))
    if any(layer.schema == "removed" for layer in loaded.layers):
        return Built(name, (), removed=True)

    document = compose.compose(sources, loaded.layers)
    place = placing.Unmodelled(settings.root, name, loaded.layers, document)
    findings = [placing.finding(place, violation) for violation in schema.check(document, "composed")]
    if findings:
        return Built(name, tuple(findings))

    environment = modelling.build(name, document)
    violations = _check_references(settings, sources, loaded.layers, environment)
    findings = [placing.finding(place, violation) for violation in violations]
    if findings:
        return Built(name, tuple(findings), summary=summary_of(environment))
    return placing.Context(settings.root, name, loaded.layers, document, environment, loaded.passthrough)


def render_into(settings: Settings, context: placing.Context, sandbox: Sandbox) -> Passed:
    """Let the manifests of an environment join the context: our templates', ready ones, those of its own templates.

    What did not come from our templates is returned.
    """
    environment = context.environment
    if any(cluster.patch for cluster in environment.clusters.values()):
        context.keys = schema.list_keys(environment.operator.version)
    manifests = render.render(environment, context.keys)
    paths = [manifest.path for manifest in manifests]
    passed = passed_through(settings.root, context.passthrough, paths, context.name)
    passed.add(own_templates.rendered(sandbox, context.name, context.document, (*paths, *passed.files)))
    context.layout = render.layout_of((*paths, *passed.files))
    manifests += passed.manifests
    manifests += render.render_delivery(environment, context.layout)
    context.manifests = {_identity(manifest): manifest for manifest in manifests}
    return passed


def outputs_of(context: placing.Context, passed: Passed) -> Outputs:
    """The outputs of an environment whose manifests have joined the context."""
    files: dict[str, bytes] = {}
    outputs = {context.name: files}
    for manifest in context.manifests.values():
        if manifest.path not in passed.files or manifest.output:
            outputs.setdefault(manifest.output or context.name, {})[manifest.path] = text_of(manifest)
    files |= passed.files
    files |= kustomizations.files(context.environment, files)
    return outputs


def _unread(outputs: Outputs) -> list[str]:
    """The files that hold no object."""
    return [f"{name}/{path}" for name in outputs for path in outputs[name] if kustomizations.is_one(path)]


def kinds_of(settings: Settings, context: placing.Context) -> frozenset[Kind]:
    """The kinds an environment brings into its namespace, its operator's aside: what Argo CD is to permit."""
    if context.environment.delivery.engine != "argocd":
        return frozenset()
    version = context.environment.operator.version
    kinds, namespaced = set(), set()
    for manifest in context.manifests.values():
        document = manifest.document
        written = document["apiVersion"], document["kind"]
        if written in namespaced or manifest.output or manifest.path.startswith("operator/"):
            continue
        name = ""
        if schema.scope(document, version, settings.root) == "Cluster":
            name = document["metadata"]["name"]
        else:
            namespaced.add(written)
        kinds.add((sys.intern(written[0].rpartition("/")[0]), sys.intern(written[1]), name))
    return frozenset(kinds)


def text_of(manifest: Manifest) -> bytes:
    """A rendered object as its file: a constant header, then the document."""
    write = None if manifest.is_patched else WRITERS.get(manifest.template)
    text = render.HEADER + yamlio.dump(manifest.document) if write is None else write(manifest.document)
    return text.encode()


def _identity(manifest: Manifest) -> str:
    """What violations call a manifest by: its file, and which document of it."""
    path = f"{manifest.output}/{manifest.path}" if manifest.output else manifest.path
    return f"{path}#{manifest.document_index}" if manifest.document_index else path


def _check_layers(sources: Sources, layers: Iterable[Layer], name: str) -> Iterator[Finding]:
    """Each file against its schema; a base once, whoever lists it."""
    for layer in layers:
        if layer.schema != "base":
            yield from _check_layer(sources, layer, name)
        else:
            if layer.file not in sources.checked:
                sources.checked[layer.file] = list(_check_layer(sources, layer, ""))
            yield from sources.checked[layer.file]


def _check_layer(sources: Sources, layer: Layer, name: str) -> Iterator[Finding]:
    left = list(placeholders.find(layer.document, layer.data))
    named = {violation.path for violation in left}
    wrong = [violation for violation in schema.check(layer.document, layer.schema) if violation.path not in named]
    for found in (*left, *wrong):
        place = compose.place_in(sources.root, layer.file, found.path, found.at_key)
        path = (*layer.prefix, *found.path)
        cluster = str(path[1]) if len(path) > 1 and path[0] == "clusters" else ""
        told = Finding(found.policy, Severity.ERROR, found.message, found.fix, place, dotted(path), name, cluster)
        yield replace(told, is_secret=True) if found.is_secret else told


def _check_references(
    settings: Settings, sources: Sources, layers: tuple[Layer, ...], environment: Environment
) -> Iterator[Violation]:
    """What must hold before anything can be rendered."""
    own = settings.own
    known = policies.ids() | own.settings.keys() if own.policies else policies.ids()
    yield from references.check(environment, known, sources.vendored_crds(), own.settings_of)
    yield from waivers.lowered(layers, environment, own.catalogue)
    for cluster in environment.clusters.values():
        for layer in cluster.patch:
            for path, reason in patch.forbidden(layer):
                message = f"a patch may not set {dotted(path)}: {reason}"
                at = ("clusters", cluster.name, "patch", *path)
                yield Violation(message, "Remove it from the patch.", at, "patch-forbidden", at_key=True)


def _check_manifests(settings: Settings, context: placing.Context, outputs: Outputs) -> Iterator[Finding]:
    """Each object against the schema of its kind, also what came through a patch or ready-made."""
    version = context.environment.operator.version
    for identity, manifest in context.manifests.items():
        text = None if manifest.source else outputs[manifest.output or context.name][manifest.path]
        found = schema.check_manifest(manifest.document, version, settings.root, text=text)
        if manifest.source.startswith("environments/"):
            marks = functools.partial(compose.marks, str(settings.root / manifest.source), manifest.document_index)
            found = written.told(found, manifest.document, marks)
        for violation in found:
            yield placing.finding(context, replace(violation, manifest=identity))


def _judge(
    settings: Settings, sources: Sources, contexts: Sequence[placing.Context], sandbox: Sandbox
) -> list[list[Finding]]:
    """What the policies say of each environment, waivers and the baseline applied."""
    said = policies.judge([_facts(settings, sources, context) for context in contexts])
    return [_weighed(settings, context, sandbox, own) for context, own in zip(contexts, said, strict=True)]


def _facts(settings: Settings, sources: Sources, context: placing.Context) -> policies.Facts:
    environment = context.environment

    def scope_of(document: dict[str, Any]) -> str | None:
        return schema.scope(document, environment.operator.version, settings.root)

    def shadowed(cluster: Cluster) -> Iterable[tuple[placing.Steps, placing.Steps]]:
        return placing.shadowed(context, cluster)

    def in_bases(path: placing.Steps) -> Any:
        bases = [layer.document for layer in reversed(context.layers) if layer.schema == "base"]
        return next((value(document, path) for document in bases if present(document, path)), None)

    def secrets() -> Iterable[committed.Committed]:
        return committed.secrets(sources, context.layers, context.passthrough, context.manifests)

    return policies.Facts(
        environment, context.document, context.manifests, settings.today, scope_of, shadowed, in_bases, secrets
    )


def _weighed(
    settings: Settings, context: placing.Context, sandbox: Sandbox, said: Iterable[policies.Judgement]
) -> list[Finding]:
    """What policies say as findings, with those of the repository's own; what is waived, known or waived in vain."""
    environment = context.environment
    findings = [_placed(context, violation, policy.id, severity) for policy, severity, _, violation in said]
    findings += _own_findings(settings, context, sandbox)
    findings = waivers.waive(findings, environment, settings.today)
    own = [one for one in environment.waivers.values() if one.policy not in policies.between_environments()]
    unused = waivers.unused(findings, own)
    findings = baseline.applied(settings.baseline, findings, environment.waiver_rules.unwaivable)
    return findings + [placing.finding(context, violation, severity=Severity.WARNING) for violation in unused]


def _own_findings(settings: Settings, context: placing.Context, sandbox: Sandbox) -> Iterator[Finding]:
    """What the policies of the repository's own say, and what went wrong with them."""
    environment = context.environment
    found, problems = own_policies.judge(
        settings.own, sandbox, environment, context.manifests, settings.today.isoformat()
    )
    for one in found:
        policy = one.own.policy
        yield _placed(context, one.violation, policy.id, policy.severity_in(environment, one.cluster))
    for problem in problems:
        yield own_policies.problem_finding(settings.own, problem, context.name)


def _placed(context: placing.Context, violation: Violation, policy: str, severity: Severity) -> Finding:
    """The finding of a policy; what names a manifest there is not is a defect of the policy."""
    try:
        return placing.finding(context, violation, policy, severity)
    except CannotGoOn:
        raise
    except Exception as error:
        return placing.finding(context, failed(policy, error, "its own violation"))


def summary_of(
    environment: Environment,
    kinds: frozenset[Kind] = frozenset(),
    manifests: Mapping[str, Manifest] = MappingProxyType({}),
) -> EnvironmentSummary:
    """What the fleet needs to know of an environment."""
    return summaries.of(environment, kinds, manifests.values(), policies.between_environments())
