"""What is made of several environments together: what a target shares, and what a GitOps engine reads of the fleet.

Each output waits while an environment that contributes to it has errors, so each is made of as few as can be.
"""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Any

from pggitops import operators, render, yamlio
from pggitops.model import DeliveredTarget, Environment, EnvironmentSummary, Kind, Project, SyncWindow
from pggitops.parts.argocd import OPERATORS, ROOT
from pggitops.parts.engines import UPSTREAM, delivery_folder, engine_namespace
from pggitops.parts.flux import tenant
from pggitops.record import record
from pggitops.templates import compiled

Files = dict[str, bytes]


@record
class FleetOutput:
    """A folder of `rendered/`, the environments it is made of, and its files when they are asked for."""

    name: str
    environments: tuple[str, ...]
    files: Callable[[], Files]


def outputs(root: Path, summaries: Iterable[EnvironmentSummary]) -> Iterator[FleetOutput]:
    """Every output of a fleet that is not one environment's alone; vendored CRDs are read from the repository."""
    sharing: dict[str, list[EnvironmentSummary]] = {}
    vendoring: dict[str, list[EnvironmentSummary]] = {}
    engines: dict[str, list[EnvironmentSummary]] = {}
    for summary in summaries:
        if summary.crds == "vendored":
            vendoring.setdefault(summary.target, []).append(summary)
        if summary.shares:
            sharing.setdefault(summary.target, []).append(summary)
        if summary.delivery.engine != "none":
            engines.setdefault(delivery_folder(summary.delivery, summary.target), []).append(summary)
    for target, them in vendoring.items():
        yield FleetOutput(f"targets/{target}/crds", _names(them), functools.partial(_crds, root, them))
    for target, them in sharing.items():
        yield _output(f"targets/{target}/operator", them, _shared_operator)
    for folder, them in engines.items():
        yield _output(f"{folder}/bootstrap", them, functools.partial(_bootstrap, folder))
        yield _output(f"{folder}/fleet", them, _engine)


def _output(
    name: str, them: list[EnvironmentSummary], make: Callable[[list[EnvironmentSummary]], Iterable[dict[str, Any]]]
) -> FleetOutput:
    return FleetOutput(name, _names(them), lambda: _files(make(them)))


def _names(them: list[EnvironmentSummary]) -> tuple[str, ...]:
    return tuple(summary.name for summary in them)


def _crds(root: Path, them: list[EnvironmentSummary]) -> Files:
    from pggitops import crds  # most fleets vendor none

    versions = {summary.version for summary in them}
    return crds.rendered(root, versions, {summary.delivery.engine for summary in them})


def _files(documents: Iterable[dict[str, Any]]) -> Files:
    """The objects as files; what lies in another namespace than the first, a tenant's, in a folder called so.

    An object is written before the next one is made: an AppProject has an entry for each of ten thousand environments.
    """
    home, files = None, Files()
    for document in documents:
        namespace = document["metadata"].get("namespace")
        if not files:
            home = namespace
        folder = f"{namespace}/" if namespace and home and namespace != home else ""
        files[folder + render.file_name(document)] = (render.HEADER + yamlio.dump(document)).encode()
    return files


def _shared_operator(sharing: list[EnvironmentSummary]) -> list[dict[str, Any]]:
    environment = sharing[0].shares
    if environment is None:
        return []
    watch = {summary.namespace for summary in sharing}
    watch.update(*(summary.watched for summary in sharing if summary.watched))
    host = _host(sharing)
    documents = [manifest.document for manifest in render.render_operator(environment, sorted(watch))]
    return [document for document in documents if document["kind"] != "Namespace" or not host]


def _host(sharing: list[EnvironmentSummary]) -> Environment | None:
    """The environment in whose namespace the operator runs that others share, where it brings that namespace."""
    home = sharing[0].operator_namespace if sharing else None
    environments = (one.shares for one in sharing if one.shares and one.namespace == home)
    return next((environment for environment in environments if environment.namespace.create), None)


def _bootstrap(folder: str, delivered: list[EnvironmentSummary]) -> list[dict[str, Any]]:
    """What a person applies once, with which the engine then reads `folder` of `rendered/`."""
    delivery = delivered[0].delivery
    if delivery.engine == "flux":
        source = compiled.flux_source(delivery, engine_namespace(delivery))
        return [source, compiled.flux_kustomization_root(delivery, folder)]
    description = "The Application that the others come from."
    kinds = (("argoproj.io", "Application"), ("argoproj.io", "AppProject"))
    project = Project(ROOT, description, delivery, (delivery.repository or "",), (), (), kinds)
    health = compiled.argocd_configmap(delivery)
    return [health, compiled.argocd_appproject(project), compiled.argocd_application_root(delivery, folder)]


def _engine(delivered: list[EnvironmentSummary]) -> Iterator[dict[str, Any]]:
    """What one engine reads of the fleet: projects or sources, the targets' CRDs and shared operators."""
    targets = _targets(delivered)
    if delivered[0].delivery.engine == "argocd":
        yield from map(compiled.argocd_appproject, _projects(delivered))
        yield compiled.argocd_appproject(_operators_project(delivered, targets))
        for target in targets:
            if target.crds:
                yield compiled.argocd_application_crds(target)
            if target.operator_namespace:
                yield compiled.argocd_application_shared_operator(target)
        return
    for target in targets:
        if target.crds:
            yield compiled.flux_kustomization_crds(target)
        if target.operator_namespace:
            yield compiled.flux_kustomization_shared_operator(target)
    upstream = {target.version: target for target in targets if target.crds == "upstream"}
    yield from map(compiled.flux_source_upstream, upstream.values())
    yield from _tenant_sources(delivered)


def _tenant_sources(delivered: list[EnvironmentSummary]) -> list[dict[str, Any]]:
    """The fleet's own repository in each namespace of a tenant; in the engine's own it is applied by a person."""
    tenants = {tenant(summary.delivery): summary.delivery for summary in delivered}
    return [
        compiled.flux_source(delivery, namespace)
        for namespace, delivery in sorted(tenants.items())
        if namespace != engine_namespace(delivery)
    ]


def _targets(delivered: list[EnvironmentSummary]) -> list[DeliveredTarget]:
    """Each target by name, with the newest operator in use: a CRD set serves the two minor versions before, too."""
    found: dict[str, list[EnvironmentSummary]] = {}
    for summary in delivered:
        found.setdefault(summary.target, []).append(summary)
    return [_target(name, found[name]) for name in sorted(found)]


def _target(name: str, them: list[EnvironmentSummary]) -> DeliveredTarget:
    installing = [summary for summary in them if summary.crds]
    version = max((summary.version for summary in installing or them), key=operators.number)
    sources = {summary.crds for summary in installing}
    crds = "vendored" if "vendored" in sources else "upstream" if sources else None
    sharing = [summary for summary in them if summary.shares]
    shared = sharing[0].operator_namespace if sharing else None
    return DeliveredTarget(name, them[0].delivery, version, crds, shared, _host(sharing))


def _projects(delivered: list[EnvironmentSummary]) -> Iterator[Project]:
    """The AppProjects of environments: exactly their namespaces and kinds."""
    found: dict[str, list[EnvironmentSummary]] = {}
    for summary in delivered:
        found.setdefault(summary.delivery.project or "databases", []).append(summary)
    for name, them in sorted(found.items()):
        kinds = sorted({kind for summary in them for kind in summary.kinds if kind[1] != "Secret"})
        yield Project(
            name,
            f"The databases of {_listed(sorted(summary.name for summary in them))}.",
            them[0].delivery,
            tuple(sorted({summary.delivery.repository or "" for summary in them})),
            _destinations(them),
            _named_kinds(them),
            tuple((group, kind) for group, kind, _ in kinds),
            _windows(them),
        )


def _destinations(them: list[EnvironmentSummary]) -> Iterator[tuple[str, str]]:
    yield from sorted({(summary.target, summary.namespace) for summary in them})


def _named_kinds(them: list[EnvironmentSummary]) -> Iterator[Kind]:
    found: set[Kind] = {kind for summary in them for kind in summary.named_kinds if kind[1] != "Secret"}
    found.update(("", "Namespace", summary.namespace) for summary in them if summary.has_namespace)
    yield from sorted(found)


def _listed(names: list[str]) -> str:
    shown = ", ".join(names[:5])
    return shown if len(names) <= 5 else f"{shown} and {len(names) - 5} more"


def _windows(them: list[EnvironmentSummary]) -> tuple[SyncWindow, ...]:
    """The windows of all environments of a project, each once."""
    windows = {repr(window): window for summary in them for window in summary.delivery.sync_windows}
    return tuple(windows.values())


_OPERATOR_KINDS = (
    ("", "ServiceAccount"),
    ("apps", "Deployment"),
    ("networking.k8s.io", "NetworkPolicy"),
    ("rbac.authorization.k8s.io", "Role"),
    ("rbac.authorization.k8s.io", "RoleBinding"),
)
_CRDS = ("*.pgv2.percona.com", "*.postgres-operator.crunchydata.com")


def _operators_project(delivered: list[EnvironmentSummary], targets: list[DeliveredTarget]) -> Project:
    """The AppProject of CRDs and operators: the only one that may touch roles and cluster-wide objects."""
    kinds = [("apiextensions.k8s.io", "CustomResourceDefinition", name) for name in _CRDS]
    places = {(target.name, "default") for target in targets if target.crds}
    for summary in delivered:
        if summary.operator_namespace:
            places.add((summary.target, summary.operator_namespace))
    shared = sorted({target.operator_namespace for target in targets if target.operator_namespace})
    if shared:
        hosted = {target.operator_namespace for target in targets if target.host}
        kinds += [("", "Namespace", name) for name in shared if name not in hosted]
        rbac = ("ClusterRole", "ClusterRoleBinding")
        kinds += [("rbac.authorization.k8s.io", kind, "percona-postgresql-operator") for kind in rbac]
    sources = {summary.delivery.repository or "" for summary in delivered}
    sources |= {f"{UPSTREAM}.git" for target in targets if target.crds == "upstream"}
    return Project(
        OPERATORS,
        "The Percona Operator and its CRDs.",
        delivered[0].delivery,
        tuple(sorted(sources)),
        tuple(sorted(places)),
        tuple(kinds),
        _OPERATOR_KINDS,
    )
