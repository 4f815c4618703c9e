"""A pod in the database's namespace uses the node's network, where no NetworkPolicy applies.

## Why

With `hostNetwork` a pod has the node's addresses: no policy selects it, it counts as the node to all others, and
rules for nodes let it through. A `hostPort` opens a container on the node itself (Kubernetes: "Network Policies", on
pods with hostNetwork). The `baseline` and `restricted` levels of Pod Security refuse both.

## How to fix

Remove `hostNetwork` and `hostPort`; use a Service to be reached.
"""

from collections.abc import Iterator, Mapping
from typing import Any

from pggitops import sizing
from pggitops.findings import Path, Severity, Violation
from pggitops.network.pods import pod_spec, pod_spec_path
from pggitops.policies import Facts

severity = Severity.ERROR

FIX = "Remove it; use a Service to be reached."


def check_environment(facts: Facts) -> Iterator[Violation]:
    for name, _ in facts.reachability().workloads:
        document = facts.manifests[name].document
        body, at = (pod_spec(document) or {}).get("spec") or {}, pod_spec_path(document)
        if body.get("hostNetwork"):
            message = f"{document['kind']} {document['metadata']['name']} uses the node's network"
            yield Violation(message, FIX, (*at, "hostNetwork"), manifest=name)
        else:
            yield from _ports(name, body, at, ("containers", "initContainers"))
    for cluster in facts.environment.clusters.values():
        name, resource = facts.resource(cluster)
        # what is rendered has containers of other people by a patch only
        if resource.template and not cluster.patch:
            continue
        pooler = sizing.POOLER, sizing.pooler(resource.document)
        for path, holder in (pooler, *sizing.instance_sets(resource.document)):
            if "sidecars" in holder or "initContainers" in holder:
                yield from _ports(name, holder, path, ("sidecars", "initContainers"))


def _ports(name: str, holder: Mapping[str, Any], at: Path, words: tuple[str, ...]) -> Iterator[Violation]:
    for word in words:
        for index, container in enumerate(holder.get(word) or ()):
            for number, port in enumerate(container.get("ports") or ()):
                if port.get("hostPort"):
                    message = f"container {container.get('name')} opens port {port['hostPort']} of the node"
                    yield Violation(message, FIX, (*at, word, index, "ports", number, "hostPort"), manifest=name)
