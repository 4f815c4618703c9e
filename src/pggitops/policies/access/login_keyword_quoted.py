"""A log-in rule has a keyword for a name, and means nobody.

## Why

In pg_hba.conf `replication`, `sameuser` and `samerole` are keywords, `+role` is all members of a role, `@file` a list
and `/…` a regular expression. The operator puts the names of `spec.authentication.rules` in quotes, and in quotes they
are the names of databases and users that there are not (`quoteDatabase` and `quoteUser` of its
internal/postgres/hba.go, 3.0.0). The rule fits nobody, also where it was to reject.

## How to fix

Name the databases and users. Where it has to be the keyword, write the line itself, by a patch:

```yaml
patch:
  spec:
    authentication:
      rules: [{connection: hostssl, method: scram-sha-256, hba: hostssl sameuser all all scram-sha-256}]
```
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
        if rule.keeps_keywords:
            continue
        for word, names in (("databases", rule.databases), ("users", rule.users)):
            known = login_rules.KEYWORDS if word == "databases" else ("all",)
            for index, each in enumerate(names):
                if each in known or each[:1] in ("+", "@", "/"):
                    message = f'the operator quotes `{each}`, and then it is one of the {word} called "{each}"'
                    fix = f"Name the {word}, or write the rule as a line in a patch."
                    yield login_rules.violation(cluster, name, rule, (message, fix), word, index)
