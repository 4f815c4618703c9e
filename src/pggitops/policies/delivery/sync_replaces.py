"""The GitOps engine is told to replace an object that a database hangs on, or to delete it first.

## Why

Argo CD's `Replace=true` uses `kubectl replace`, which takes away what the operator wrote into the resource; with
`Force=true` it deletes the object and makes it anew, and with a PerconaPGCluster every pod goes with it. Flux's
`kustomize.toolkit.fluxcd.io/force: enabled` does the same when a field cannot be changed (Argo CD: Sync Options, Flux:
Kustomization).

## How to fix

Remove the option; what is rendered is applied server-side, which needs neither.
"""

from collections.abc import Iterator

from pggitops.findings import Severity, Violation
from pggitops.policies import Facts

severity = Severity.ERROR

KINDS = ("PerconaPGCluster", "Namespace", "PersistentVolumeClaim")
SYNC, FORCE = "argocd.argoproj.io/sync-options", "kustomize.toolkit.fluxcd.io/force"


def check_environment(facts: Facts) -> Iterator[Violation]:
    for kind in KINDS:
        for name, manifest in facts.of_kind(kind):
            metadata = manifest.document["metadata"]
            annotations = metadata.get("annotations") or {}
            if SYNC not in annotations and FORCE not in annotations:
                continue
            options = [option.strip() for option in str(annotations.get(SYNC) or "").split(",")]
            told = [option for option in options if option in ("Replace=true", "Force=true")]
            if str(annotations.get(FORCE) or "").lower() == "enabled":
                told.append(f"{FORCE}: enabled")
            if told:
                key = FORCE if told[-1].startswith(FORCE) else SYNC
                message = f"{' and '.join(told)} on the {kind} {metadata['name']}: it may be deleted and made anew"
                yield Violation(message, "Remove it.", ("metadata", "annotations", key), manifest=name)
