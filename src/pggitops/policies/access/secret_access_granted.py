"""A Role lets somebody read every Secret of the database's namespace.

## Why

The namespace's Secrets are the passwords of all users, the CA's key and the keys to the backups. `list` and `watch`
give their contents as `get` does (Kubernetes: "RBAC Good Practices"), so a Role for one Secret must name it.

## How to fix

```yaml
rules:
  - {apiGroups: [""], resources: [secrets], resourceNames: [payments-pguser-app], verbs: [get]}
```
"""

from collections.abc import Iterator

from pggitops import rbac
from pggitops.findings import Severity, Violation
from pggitops.policies import Facts

severity = Severity.ERROR
lenient = Severity.WARNING
about = {"ready": rbac.ROLES}

VERBS = ("get", "list", "watch", "update", "patch")


def check_environment(facts: Facts) -> Iterator[Violation]:
    for kind in rbac.ROLES:
        for name, manifest in facts.of_kind(kind):
            for index, rule in rbac.rules(manifest.document) if manifest.source else ():
                _, verbs = rbac.permits(rule, "", ("secrets",), VERBS)
                if verbs and not rule.get("resourceNames") and not rbac.has_wildcard(rule):
                    role = manifest.document["metadata"]["name"]
                    message = f"the {kind} {role} permits {', '.join(verbs)} of every Secret"
                    fix = "Name the Secrets: `resourceNames: […]`, with `verbs: [get]`."
                    yield Violation(message, fix, ("rules", index, "resources"), manifest=name)
