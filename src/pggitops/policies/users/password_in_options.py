"""A password stands among a user's options.

## Why

It lies in Git, and in the resource, for everybody who may read either. It is also not the password: the operator takes
it out of the options and sets the one of the user's Secret (`sanitizeAlterRoleOptions` of its
internal/postgres/users.go, 3.0.0).

## How to fix

Remove it, and take it out of use wherever it is one. The password is in the user's Secret; `pggitops secrets ENV` shows
its form.
"""

from collections.abc import Iterator

from pggitops import role_options
from pggitops.findings import Severity, Violation
from pggitops.model import Cluster
from pggitops.policies import Facts

severity = Severity.ERROR
about = {"options": ("password",)}


def check_cluster(facts: Facts, cluster: Cluster) -> Iterator[Violation]:
    name, resource = facts.resource(cluster)
    for index, user, options in role_options.of(resource.document):
        if options.has_password:
            message = f"the options of {user} hold a password, which everybody can read and nobody uses"
            fix = "Remove it; the password is that of the user's Secret."
            yield Violation(message, fix, ("spec", "users", index, "options"), manifest=name, is_secret=True)
