"""A log-in rule is never come to.

## Why

The first rule that fits decides, and no other is asked, not even where the password is wrong (PostgreSQL: "The
pg_hba.conf File"). A `reject` behind a rule for everybody rejects nobody; a stricter method behind a milder one is not
asked for.

## How to fix

Put the narrower rule first, or remove it.
"""

from collections.abc import Iterator

from pggitops import login_rules
from pggitops.findings import Severity, Violation
from pggitops.model import Cluster
from pggitops.policies import Facts

severity = Severity.WARNING
about = {"words": ("postgres.hba", "patch")}


def check_cluster(facts: Facts, cluster: Cluster) -> Iterator[Violation]:
    name, resource = facts.resource(cluster)
    rules = login_rules.of(resource.document)
    # the last one is added behind those of the overlay, whatever they are
    written = rules[:-1] if cluster.postgres.hba and cluster.postgres.hba_default else rules
    for index, rule in enumerate(written):
        before = next((n for n, other in enumerate(written[:index]) if login_rules.covers(other, rule)), None)
        if before is not None:
            message = f"rule {before + 1} decides for everybody this one, rule {index + 1}, is for"
            yield login_rules.violation(cluster, name, rule, (message, "Put it before that rule, or remove it."))
