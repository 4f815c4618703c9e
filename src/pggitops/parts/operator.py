"""The operator: its rules, container and scope, from its version's data."""

from __future__ import annotations

from typing import Any

from pggitops import operators, yamlio
from pggitops.model import Environment, Operator
from pggitops.parts.images import operator_image
from pggitops.parts.instances import size
from pggitops.parts.sharing import shared


def rules(environment: Environment) -> list[dict[str, Any]]:
    """The RBAC rules of the operator's scope (deploy/rbac.yaml, deploy/cw-rbac.yaml)."""
    found: list[dict[str, Any]] = operators.facts(environment.operator.version)["rules"][environment.operator.scope]
    # the longest part of what is rendered, and the same for all environments
    return yamlio.fixed(found)


def pod_labels(environment: Environment) -> dict[str, str]:
    """The labels of the operator's pod, which its Deployment and its NetworkPolicy select (deploy/operator.yaml)."""
    # the Deployment has them twice, and who edits a copy of it means one place
    return dict(operators.facts(environment.operator.version)["labels"])


def container(environment: Environment, watch: list[str] | None) -> dict[str, Any]:
    """The operator's container; `watch` None means its own namespace, [] all, else those (its own among them)."""
    facts = operators.facts(environment.operator.version)["container"]
    return {
        "name": facts["name"],
        "image": operator_image(environment),
        "imagePullPolicy": "IfNotPresent",
        "env": _variables(environment.operator) if watch is None else _watching(environment.operator, watch),
        "ports": yamlio.fixed(facts["ports"]),
        "livenessProbe": yamlio.fixed(facts["livenessProbe"]),
        "resources": _resources(environment.operator),
        "securityContext": yamlio.fixed(facts["securityContext"]),
    }


@shared
def _resources(operator: Operator) -> dict[str, Any]:
    return size(operator.resources)


@shared
def _variables(operator: Operator) -> list[dict[str, Any]]:
    facts = operators.facts(operator.version)["container"]
    return [_variable(operator, variable) for variable in facts["env"]]


def _watching(operator: Operator, watch: list[str]) -> list[dict[str, Any]]:
    namespaces = {"name": "WATCH_NAMESPACE", "value": ",".join(watch)}
    return [namespaces if variable["name"] == "WATCH_NAMESPACE" else variable for variable in _variables(operator)]


def _variable(operator: Operator, variable: dict[str, Any]) -> dict[str, Any]:
    name = variable["name"]
    if name == "DISABLE_TELEMETRY":
        return {"name": name, "value": "false" if operator.telemetry else "true"}
    return variable
