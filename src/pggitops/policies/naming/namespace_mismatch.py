"""Something of an environment is, or points, in another namespace than the environment's.

## Why

A namespace that is written down twice goes wrong once: an object in another namespace is applied there without a
word, a binding whose subject is elsewhere gives no right, an operator that does not watch the namespace never
looks at the cluster, and a data source in a namespace the operator cannot see never comes.

## How to fix

Say the namespace once, as `namespace` of the environment, and leave it out everywhere else. In ready manifests and
in templates of your own use the environment's namespace; for an operator that is there already, list the namespace
in `operator.watch`.
"""

from collections.abc import Iterator, Mapping
from typing import Any

from pggitops.findings import Severity, Violation, did_you_mean
from pggitops.model import Environment, Manifest
from pggitops.parts.names import operator_namespace
from pggitops.policies import Facts

severity = Severity.ERROR


def check_environment(facts: Facts) -> Iterator[Violation]:
    environment = facts.environment
    own = environment.namespace.name
    if own == "default" or own.startswith("kube-"):
        fix = "Give the databases a namespace of their own."
        yield Violation(f'"{own}" belongs to Kubernetes', fix, ("namespace", "name"))
    yield from _operator(environment)
    yield from _data_sources(environment)
    for name, manifest in facts.manifests.items():
        # what the engine reads lies where the engine is
        if manifest.output:
            continue
        document = manifest.document
        # a template gives no namespace to what has none
        is_at_home = manifest.template and document["metadata"].get("namespace") == own
        if not is_at_home:
            yield from _object(facts, name, manifest, own)
        if document["kind"] in ("RoleBinding", "ClusterRoleBinding"):
            yield from _subjects(name, manifest, own)
        elif document["kind"] == "Deployment":
            yield from _watched(name, manifest, own)


def _operator(environment: Environment) -> Iterator[Violation]:
    operator, own = environment.operator, environment.namespace.name
    if not operator.install and operator.watch and own not in operator.watch:
        message = f'the operator does not watch "{own}"{did_you_mean(own, operator.watch)}'
        yield Violation(message, f"Let it watch {own} and add it to `operator.watch`.", ("operator", "watch"))
    if not operator.install and not operator.watch and operator.scope == "namespace":
        where = operator_namespace(environment)
        if where != own:
            message = f'an operator of scope "namespace" in "{where}" sees nothing of "{own}"'
            fix = "Install one here (`install: true`), or say what it watches (`operator.watch`)."
            yield Violation(message, fix, ("operator", "namespace"))


def _data_sources(environment: Environment) -> Iterator[Violation]:
    own = environment.namespace.name
    for name, cluster in environment.clusters.items():
        source = cluster.bootstrap.namespace if cluster.bootstrap else None
        if source and source != own and environment.operator.scope == "namespace":
            message = f'the data source is in "{source}", where this operator sees nothing{did_you_mean(source, [own])}'
            fix = f"Leave `namespace` out for {own}, or restore from the repository with `from`."
            yield Violation(message, fix, ("clusters", name, "bootstrap", "namespace"))


def _object(facts: Facts, identity: str, manifest: Manifest, own: str) -> Iterator[Violation]:
    document = manifest.document
    metadata = document.get("metadata") or {}
    kind, name, namespace = document["kind"], metadata.get("name"), metadata.get("namespace")
    scope = facts.scope_of(document)
    at = ("metadata", "namespace")
    if scope == "Cluster":
        if namespace is not None:
            fix = "Remove `metadata.namespace`."
            yield Violation(f"{kind} {name} is no object of a namespace", fix, at, manifest=identity)
        if kind == "Namespace" and name != own:
            message = f'the Namespace "{name}" is not the environment\'s, "{own}"'
            fix = "An environment is one namespace: make another environment."
            yield Violation(message, fix, ("metadata", "name"), manifest=identity)
    elif scope == "Namespaced" and namespace != own:
        where = f'is in "{namespace}"' if namespace else "has no namespace"
        message = f'{kind} {name} {where}, the environment\'s is "{own}"'
        yield Violation(message, f"Set `metadata.namespace` to {own}.", at, manifest=identity)


def _subjects(identity: str, manifest: Manifest, own: str) -> Iterator[Violation]:
    for index, subject in enumerate(manifest.document.get("subjects") or ()):
        namespace = subject.get("namespace")
        if subject.get("kind") == "ServiceAccount" and namespace not in (own, None):
            message = f'the subject {subject.get("name")} is in "{namespace}", the environment\'s namespace is "{own}"'
            at = ("subjects", index, "namespace")
            yield Violation(message, f"Set the subject's namespace to {own}.", at, manifest=identity)


def _watched(identity: str, manifest: Manifest, own: str) -> Iterator[Violation]:
    """The operator's deployment looks at this namespace, wherever the variable was written."""
    for path, value in _environment_variables(manifest.document, "WATCH_NAMESPACE"):
        if value and own not in value.split(","):
            message = f'the operator watches "{value}", not "{own}"'
            yield Violation(message, f"Add {own} to WATCH_NAMESPACE.", path, manifest=identity)


def _environment_variables(document: Mapping[str, Any], name: str) -> Iterator[tuple[tuple[str | int, ...], Any]]:
    at = ("spec", "template", "spec", "containers")
    spec: Any = document
    for step in at[:-1]:
        spec = spec.get(step) or {}
    containers = spec.get("containers") or ()
    for number, container in enumerate(containers):
        for index, variable in enumerate(container.get("env") or ()):
            if variable.get("name") == name:
                yield (*at, number, "env", index, "value"), variable.get("value")
