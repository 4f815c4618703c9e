"""A database runs a PostgreSQL that gets no fixes any more, or soon will not.

## Why

A major has its last release five years after its first (postgresql.org, "Versioning Policy"). What is found afterwards
is published and stays open: holes, lost data, wrong results. Operators drop its images soon after, and with them the
way to upgrade.

## How to fix

Plan the upgrade to a newer major and declare it: `upgrade: {to: 18}`. How many days before the end the warning begins
is a setting: `policies: {postgres-unsupported: {days: 180}}`.
"""

from collections.abc import Iterator

from pggitops import support
from pggitops.findings import Severity, Violation
from pggitops.model import Cluster
from pggitops.policies import Facts

severity = Severity.ERROR
lenient = Severity.WARNING
settings = {"days": 180}


def check_cluster(facts: Facts, cluster: Cluster) -> Iterator[Violation]:
    name, resource = facts.resource(cluster)
    major = resource.document["spec"]["postgresVersion"]
    end = support.end_of_postgresql(major)
    # who is on the way is not to be stopped
    is_going = cluster.upgrade is not None and cluster.upgrade.to > major
    if end is None or is_going:
        return
    left = (end - facts.today).days
    fix = "Declare the upgrade to a newer major: `upgrade: {to: 18}`."
    at = ("spec", "postgresVersion")
    if left < 0:
        yield Violation(f"PostgreSQL {major} has had its last fixes on {end}", fix, at, manifest=name)
    elif left <= facts.setting("postgres-unsupported", "days"):
        message = f"PostgreSQL {major} gets its last fixes in {left} days, on {end}"
        yield Violation(message, fix, at, manifest=name, severity=Severity.WARNING)
