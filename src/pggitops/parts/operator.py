"""The operator: its rules, container and scope, from its version's data."""

from __future__ import annotations

from typing import Any

from pggitops import operators, yamlio
from pggitops.model import Environment
from pggitops.parts.images import operator_image
from pggitops.parts.instances import size


def rules(environment: Environment) -> list[dict[str, Any]]:
    """The RBAC rules of the operator's scope (deploy/rbac.yaml, deploy/cw-rbac.yaml)."""
    found: list[dict[str, Any]] = operators.facts(environment.operator.version)["rules"][environment.operator.scope]
    # the longest part of what is rendered, and the same for all environments
    return yamlio.fixed(found)


def pod_labels(environment: Environment) -> dict[str, str]:
    """The labels of the operator's pod, which its Deployment and its NetworkPolicy select (deploy/operator.yaml)."""
    return dict(operators.facts(environment.operator.version)["labels"])


def container(environment: Environment, watch: list[str] | None) -> dict[str, Any]:
    """The operator's container; `watch` None means its own namespace, [] all, else those (its own among them)."""
    facts = operators.facts(environment.operator.version)["container"]
    return {
        "name": facts["name"],
        "image": operator_image(environment),
        "imagePullPolicy": "IfNotPresent",
        "env": [_variable(environment, variable, watch) for variable in facts["env"]],
        "ports": facts["ports"],
        "livenessProbe": facts["livenessProbe"],
        "resources": size(environment.operator.resources),
        "securityContext": facts["securityContext"],
    }


def _variable(environment: Environment, variable: dict[str, Any], watch: list[str] | None) -> dict[str, Any]:
    name = variable["name"]
    if name == "WATCH_NAMESPACE" and watch is not None:
        return {"name": name, "value": ",".join(watch)}
    if name == "DISABLE_TELEMETRY":
        return {"name": name, "value": "false" if environment.operator.telemetry else "true"}
    return variable
