"""The log-in rules keep a user of the cluster out.

## Why

Users come through PgBouncer, which logs in to PostgreSQL with TLS and the SCRAM verifier of their password, and for
LDAP with the password itself. A user for whom no rule is there, or whose rule is `reject` or asks for something
PgBouncer does not have, like a certificate or a Kerberos ticket of the user's, never gets in. Any rule of one's own
takes away the operator's default rule, unless the overlay adds it again (`DynamicConfiguration` of the operator's
internal/patroni/config.go, 3.0.0).

## How to fix

Leave `hbaDefault` on, or add a rule: `{connection: hostssl, databases: [shop], users: [app], method: scram-sha-256}`.
"""

from collections.abc import Iterator, Mapping
from typing import Any

from pggitops import login_rules
from pggitops.findings import Severity, Violation
from pggitops.model import Cluster
from pggitops.policies import Facts

severity = Severity.ERROR
about = {"words": ("postgres.hba", "patch")}

PASSED = ("scram-sha-256", "md5", "trust", "ldap")


def check_cluster(facts: Facts, cluster: Cluster) -> Iterator[Violation]:
    name, resource = facts.resource(cluster)
    rules = login_rules.of(resource.document)
    major = resource.document["spec"]["postgresVersion"]
    # a rule that is not taken is a finding by itself
    if not rules or any(login_rules.fault(rule, major) for rule in rules):
        return
    forgotten = []
    for user, database in _pairs(resource.document):
        rule = login_rules.first_for(rules, user, database)
        if rule is False:
            forgotten.append(f"{user} in {database}")
        elif isinstance(rule, login_rules.Rule) and _reason(rule):
            problem = f"{user} in {database} never gets in: {_reason(rule)}", "Add a rule with scram-sha-256 before it."
            yield login_rules.violation(cluster, name, rule, problem)
    if forgotten:
        problem = f"no log-in rule is for {', '.join(forgotten)}", "Add one with scram-sha-256."
        yield login_rules.violation(cluster, name, rules[0], problem)


def _pairs(resource: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    for user in resource["spec"].get("users") or ():
        if user["name"] not in ("postgres", "monitor"):
            yield from ((user["name"], database) for database in user.get("databases") or ())


def _reason(rule: login_rules.Rule) -> str:
    if rule.method == "reject":
        return "this rule rejects them"
    if rule.method == "cert" or "clientcert" in rule.options:
        return "PgBouncer has no certificate of theirs"
    return "" if rule.method in PASSED else f"{rule.method} does not work through PgBouncer"
