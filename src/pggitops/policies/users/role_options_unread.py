"""A user's options cannot be read, so that the operator drops all of them.

## Why

The operator parses the options as those of `ALTER ROLE`. Where that fails it goes on without any, and tells nobody: a
limit is not there, an attribute is missing (`sanitizeAlterRoleOptions` of the operator's internal/postgres/users.go,
3.0.0). Options of `CREATE ROLE` alone, like `IN ROLE`, are none of `ALTER ROLE`.

## How to fix

Write attributes with blanks between them:

```yaml
users: {app: {databases: [shop], options: CREATEDB CONNECTION LIMIT 50}}
```

Membership in roles and settings of a role are SQL, and belong into a migration or `postgres.initSql`.
"""

from collections.abc import Iterator

from pggitops import role_options
from pggitops.findings import Severity, Violation
from pggitops.model import Cluster
from pggitops.policies import Facts

severity = Severity.ERROR
about = {"options": ("unread",)}


def check_cluster(facts: Facts, cluster: Cluster) -> Iterator[Violation]:
    name, resource = facts.resource(cluster)
    for index, user, options in role_options.of(resource.document):
        if options.unread:
            message = f"none of the options of {user} come into effect: {options.unread}"
            fix = "Write attributes of ALTER ROLE with blanks between them."
            path, is_secret = ("spec", "users", index, "options"), options.has_password
            yield Violation(message, fix, path, manifest=name, is_secret=is_secret)
