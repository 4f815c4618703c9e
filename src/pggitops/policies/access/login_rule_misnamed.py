"""A log-in rule is for a user or database that there is not, and for which there is one very much alike.

## Why

A rule for `apps` is no rule for `app`. What it was to forbid is permitted, or who it was to let in falls to the next
rule; PostgreSQL does not mind names it does not know.

## How to fix

Write the name as under `users`. A user that SQL makes is a good reason for a waiver.
"""

from collections.abc import Iterator

from pggitops import login_rules
from pggitops.findings import Severity, Violation, did_you_mean
from pggitops.model import Cluster
from pggitops.policies import Facts

severity = Severity.WARNING
about = {"words": ("postgres.hba", "patch")}


def check_cluster(facts: Facts, cluster: Cluster) -> Iterator[Violation]:
    name, resource = facts.resource(cluster)
    rules = login_rules.of(resource.document)
    if not rules:
        return
    users = resource.document["spec"].get("users") or ()
    known = {
        "users": {user["name"] for user in users},
        "databases": {database for user in users for database in user.get("databases") or ()},
    }
    for rule in rules:
        for word, names in (("users", rule.users), ("databases", rule.databases)):
            for each in sorted(set(names) - known[word] - set(login_rules.KEYWORDS)):
                hint = did_you_mean(each, known[word]) if each[:1] not in "+@/" else ""
                if hint:
                    problem = f'the {word[:-1]} of this rule, "{each}", is none of the cluster{hint}', "Write its name."
                    yield login_rules.violation(cluster, name, rule, problem)
