"""A log-in rule lets in whoever comes.

## Why

`trust` asks for nothing, and `ident` asks the client's own machine who it is (PostgreSQL's manual, "Trust
Authentication", "Ident Authentication"; CIS PostgreSQL Benchmark, section 5). Any pod that reaches an instance is then
any user, a superuser too.

## How to fix

```yaml
postgres: {hba: [{connection: hostssl, databases: [shop], users: [app], method: scram-sha-256}]}
```

For who is in the pod already the operator has rules of its own.
"""

from collections.abc import Iterator

from pggitops import login_rules
from pggitops.findings import Severity, Violation
from pggitops.model import Cluster
from pggitops.policies import Facts

severity = Severity.ERROR
about = {"words": ("postgres.hba", "patch")}


def check_cluster(facts: Facts, cluster: Cluster) -> Iterator[Violation]:
    name, resource = facts.resource(cluster)
    for rule in login_rules.of(resource.document):
        if rule.method in ("trust", "ident") and not rule.is_loopback:
            why = "asks for nothing" if rule.method == "trust" else "believes what the client's machine says"
            whom = f"as {', '.join(rule.users)}" if rule.users else "as any user"
            message = f"{rule.method} {why}: everybody logs in {whom}"
            yield login_rules.violation(cluster, name, rule, (message, "Write scram-sha-256."))
