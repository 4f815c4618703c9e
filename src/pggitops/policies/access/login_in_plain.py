"""A log-in rule takes connections without TLS.

## Why

`host` is with and without TLS, `hostnossl` and `hostnogssenc` say what they are. `tls.only` changes the operator's own
rules and none of yours (`TLSOnly` of its internal/postgres/hba.go, 3.0.0): queries, rows and, with `ldap` or `pam`,
passwords go over the network as they are.

## How to fix

Write `connection: hostssl`. PgBouncer connects with TLS always, so nothing is lost.
"""

from collections.abc import Iterator

from pggitops import login_rules
from pggitops.findings import Severity, Violation
from pggitops.model import Cluster
from pggitops.policies import Facts

severity = Severity.ERROR
lenient = Severity.WARNING
about = {"words": ("postgres.hba", "patch")}


def check_cluster(facts: Facts, cluster: Cluster) -> Iterator[Violation]:
    name, resource = facts.resource(cluster)
    for rule in login_rules.of(resource.document):
        if (
            rule.connection in ("host", "hostnossl", "hostnogssenc")
            and rule.method != "reject"
            and not rule.is_loopback
        ):
            whom = ", ".join(rule.users) or "everybody"
            message = f"`{rule.connection}` lets {whom} in without TLS"
            yield login_rules.violation(cluster, name, rule, (message, "Write hostssl."))
