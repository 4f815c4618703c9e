"""A label by which a GitOps engine knows its objects is put on everything the operator makes.

## Why

`spec.metadata.labels` is copied to all children of a cluster. With an engine's label on them, volumes and Secrets that
have no owner look as if they came from Git and had been taken out there: Argo CD shows them as superfluous and, with
pruning, deletes them; Flux counts them as its own.

## How to fix

Leave the label to the engine: it sets it on what it applies.
"""

from collections.abc import Iterator

from pggitops.findings import Severity, Violation
from pggitops.model import Cluster
from pggitops.policies import Facts

severity = Severity.ERROR
about = {"words": ("patch",)}

OWN = ("app.kubernetes.io/instance", "argocd.argoproj.io/instance")
DOMAINS = ("kustomize.toolkit.fluxcd.io", "helm.toolkit.fluxcd.io")


def check_cluster(facts: Facts, cluster: Cluster) -> Iterator[Violation]:
    name, resource = facts.resource(cluster)
    labels = (resource.document["spec"].get("metadata") or {}).get("labels") or {}
    for key in labels:
        if key in OWN or key.partition("/")[0] in DOMAINS:
            message = f"{key} goes onto every volume and Secret of the cluster"
            fix = "Remove it, or put it on the resource itself."
            yield Violation(message, fix, ("spec", "metadata", "labels", key), manifest=name, at_key=True)
