"""Objects from templates of the repository's own: what the sandbox made becomes files, what went wrong findings."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from pggitops import render, yamlio
from pggitops.findings import Finding, Place, Severity
from pggitops.model import Manifest
from pggitops.passthrough import Passed, is_object
from pggitops.sandbox import RenderedTemplate, Sandbox, TemplateProblem


def rendered(sandbox: Sandbox, environment: str, document: Mapping[str, Any], taken: Iterable[str]) -> Passed:
    """The objects of one environment; `taken` are the file names that are used already."""
    passed = Passed()
    names = {name.lower() for name in taken}
    made, problems = sandbox.render(environment, document)
    passed.findings += [problem_finding(problem, environment) for problem in problems]
    for one in made:
        reason = _unusable(one.document) or _taken(one, names)
        if reason:
            message, fix = reason
            place = Place(one.template)
            passed.findings.append(
                Finding("template-no-object", Severity.ERROR, message, fix, place, "", environment, one.cluster)
            )
            continue
        path = _path(one)
        names.add(path.lower())
        manifest = Manifest(path, one.document, "", one.cluster, one.template)
        passed.manifests.append(manifest)
        passed.files[path] = (render.HEADER + yamlio.dump(one.document)).encode()
    return passed


def problem_finding(problem: TemplateProblem, environment: str) -> Finding:
    """A template's problem; one that is the same everywhere names no environment, so that it is reported once."""
    place = Place(problem.template, problem.line, problem.column)
    where = ("", "") if problem.is_general else (environment, problem.cluster)
    return Finding(problem.policy, Severity.ERROR, problem.message, problem.fix, place, "", *where)


def _unusable(document: dict[str, Any]) -> tuple[str, str] | None:
    if is_object(document):
        return None
    return "the template makes no Kubernetes object: it needs apiVersion, kind and metadata.name", "Complete it."


def _taken(one: RenderedTemplate, names: set[str]) -> tuple[str, str] | None:
    path = _path(one)
    if path.lower() not in names:
        return None
    return f"{path} is made by something else already", "Give the object another name."


def _path(one: RenderedTemplate) -> str:
    folder = f"{one.cluster}/" if one.cluster else ""
    return folder + render.file_name(one.document)
