"""A user's password expires, or has expired.

## Why

After `VALID UNTIL` nobody logs in with the password; through PgBouncer the user is not even found
(`sqlAuthenticationQuery` of the operator's internal/pgbouncer/postgres.go, 3.0.0). Nothing warns before. A new password
in the Secret does not move the day.

## How to fix

Write a later day, or `VALID UNTIL 'infinity'`: without it, the old day stays. How many days before is a setting:
`policies: {user-expires: {days: 30}}`.
"""

from collections.abc import Iterator

from pggitops import role_options
from pggitops.findings import Severity, Violation
from pggitops.model import Cluster
from pggitops.policies import Facts

severity = Severity.ERROR
lenient = Severity.WARNING
about = {"options": ("valid until",)}
settings = {"days": 30}


def check_cluster(facts: Facts, cluster: Cluster) -> Iterator[Violation]:
    name, resource = facts.resource(cluster)
    for index, user, options in role_options.of(resource.document):
        left = (options.until - facts.today).days if options.until else None
        if left is None or left > facts.setting("user-expires", "days"):
            continue
        at = ("spec", "users", index, "options")
        fix = "Write a later day, or VALID UNTIL 'infinity'."
        if left < 0:
            yield Violation(f"{user} cannot log in since {options.until}", fix, at, manifest=name)
        else:
            message = f"{user} cannot log in any more in {left} days, on {options.until}"
            yield Violation(message, fix, at, manifest=name, severity=Severity.WARNING)
