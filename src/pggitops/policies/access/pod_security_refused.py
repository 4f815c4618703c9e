"""A container asks for more than its namespace admits, and its pod is never made.

## Why

The namespace enforces a Pod Security level. One container that does not say what the level asks for keeps the whole pod
out: with a sidecar in an instance that is the database, at the next restart or failover (kubernetes.io, "Pod Security
Standards"). The operator gives its own containers what `restricted` asks for, and other people's as they are.

## How to fix

```yaml
securityContext:
  allowPrivilegeEscalation: false
  runAsNonRoot: true
  capabilities: {drop: [ALL]}
  seccompProfile: {type: RuntimeDefault}
```

or `namespace: {podSecurity: baseline}` for the whole environment.
"""

from collections.abc import Iterator

from pggitops import pod_security
from pggitops.findings import Severity, Violation
from pggitops.policies import Facts

severity = Severity.ERROR

LABEL = "pod-security.kubernetes.io/enforce"


def check_environment(facts: Facts) -> Iterator[Violation]:
    namespaces = facts.of_kind("Namespace")
    # OpenShift's own admission fills in what is missing
    if not namespaces or facts.environment.target.platform == "openshift":
        return
    level = (namespaces[0][1].document["metadata"].get("labels") or {}).get(LABEL)
    if level not in ("restricted", "baseline"):
        return
    patched = {name for name, cluster in facts.environment.clusters.items() if cluster.patch}
    for kind in pod_security.KINDS:
        for name, manifest in facts.of_kind(kind):
            # what is rendered has containers of other people by a patch only
            if manifest.template and manifest.cluster not in patched:
                continue
            for found in pod_security.refused(manifest.document, level):
                message = f"{level} pods only: {found.who} {found.why}, so the whole pod is refused"
                yield Violation(message, found.fix, found.path, manifest=name)
