"""The databases' namespace admits pods that can take over a node.

## Why

With `privileged` nothing is refused: whoever may make a pod in the namespace, or gets into a controller that may, has
the node and every volume on it (CIS Kubernetes Benchmark, 5.2). Everything the operator makes is admitted by
`restricted`, the default.

## How to fix

Remove `podSecurity: privileged`. A sidecar that needs more mostly gets on with `baseline`.
"""

from collections.abc import Iterator

from pggitops.findings import Severity, Violation
from pggitops.policies import Facts

severity = Severity.ERROR
lenient = Severity.WARNING

LABEL = "pod-security.kubernetes.io/enforce"


def check_environment(facts: Facts) -> Iterator[Violation]:
    for name, manifest in facts.of_kind("Namespace"):
        level = (manifest.document["metadata"].get("labels") or {}).get(LABEL)
        if level not in ("restricted", "baseline"):
            message = f"the namespace admits every pod: {LABEL} is {level or 'not said'}"
            yield Violation(message, "Leave it at `restricted`.", ("metadata", "labels", LABEL), manifest=name)
