"""PostgreSQL does not take a log-in rule, and with it none at all.

## Why

pg_hba.conf is read whole or not at all. A running server keeps its old rules, so that nothing seems wrong and nothing
written since has an effect; the next start, a failover or a drained node for example, ends with "could not load
pg_hba.conf", and the database is gone (PostgreSQL: "The pg_hba.conf File"). The operator does not look at rules.

## How to fix

Write what the method takes. Rules of the kind `local` are the operator's alone: it writes an address into those of a
resource, which `local` does not have.
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
        fault = login_rules.fault(rule, resource.document["spec"]["postgresVersion"])
        if fault:
            message = f"PostgreSQL does not take this rule, and does not start with it: {fault}"
            yield login_rules.violation(cluster, name, rule, (message, "Mend the rule, or remove it."))
