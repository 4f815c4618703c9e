"""A Role permits everything: a `*` among its verbs, resources or groups.

## Why

In a database's namespace everything includes reading its passwords, running commands in its pods and deleting its
volumes; and a wildcard also permits what is added later, by a new version or a new CRD (CIS Kubernetes Benchmark,
5.1.3).

## How to fix

List what is needed:

```yaml
rules: [{apiGroups: [pgv2.percona.com], resources: [perconapgclusters], verbs: [get, list, watch]}]
```
"""

from collections.abc import Iterator

from pggitops import rbac
from pggitops.findings import Severity, Violation
from pggitops.policies import Facts

severity = Severity.ERROR
about = {"ready": rbac.ROLES}


def check_environment(facts: Facts) -> Iterator[Violation]:
    for kind in rbac.ROLES:
        for name, manifest in facts.of_kind(kind):
            for index, rule in rbac.rules(manifest.document) if manifest.source else ():
                words = [word for word in ("verbs", "resources", "apiGroups") if "*" in (rule.get(word) or ())]
                if words:
                    role = manifest.document["metadata"]["name"]
                    message = f"the {kind} {role} permits everything: `*` in {' and '.join(words)}"
                    fix = "List what is needed instead of `*`."
                    yield Violation(message, fix, ("rules", index, words[0]), manifest=name)
