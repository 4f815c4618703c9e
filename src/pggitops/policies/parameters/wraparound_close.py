"""Autovacuum is told to wait until transaction ids have nearly run out.

## Why

At 2.1 billion transactions the server refuses writes. `autovacuum_freeze_max_age` is where autovacuum starts to
freeze by force, and `vacuum_failsafe_age` (1.6 billion by default, since 14) where it gives up everything else
to be in time (PostgreSQL manual, "Preventing Transaction ID Wraparound Failures"). Above a billion, the time
left may be shorter than freezing a large table takes.

## How to fix

Stay well below a billion; the default is 200 million. Setting `most` of this policy moves the mark.
"""

from collections.abc import Iterator

from pggitops import parameters
from pggitops.findings import Severity, Violation
from pggitops.model import Cluster
from pggitops.policies import Facts

severity = Severity.WARNING
about = {"parameters": ("autovacuum_freeze_max_age", "autovacuum_multixact_freeze_max_age")}
settings = {"most": 1_000_000_000}


def check_cluster(facts: Facts, cluster: Cluster) -> Iterator[Violation]:
    name, resource = facts.resource(cluster)
    own = parameters.of(resource.document)
    for key in ("autovacuum_freeze_max_age", "autovacuum_multixact_freeze_max_age"):
        if key in own and not parameters.judge(key, own[key], cluster.postgres.version):
            most = facts.setting("wraparound-close", "most")
            if (age := parameters.number(resource.document, key)) > most:
                message = f"{key} is {age:,.0f}, of 2,147,483,647 there are in all"
                yield Violation(message, f"Write {most:,.0f} or less.", (*parameters.AT, key), manifest=name)
