"""A URL holds a password.

## Why

A URL is logged, shown in web pages and committed; the password in it goes everywhere with it. Git forgets nothing.

## How to fix

Change the password. Let the application take the URI from the user's Secret, where the operator writes it
(`secretKeyRef: {name: payments-pguser-app, key: pgbouncer-uri}`); in a template of a store write `{{ .password }}`, in
a container's environment `$(PGPASSWORD)`.
"""

from collections.abc import Iterator

from pggitops.findings import Severity, Violation
from pggitops.plain_secrets import Kind
from pggitops.policies import Facts

severity = Severity.ERROR
about = {"problems": ("secrets",)}


def check_environment(facts: Facts) -> Iterator[Violation]:
    fix = "Change the password, and take the URL from a Secret."
    for one in facts.committed(Kind.URL):
        message = f"{one.spot.what} stands here, for everybody to read"
        yield Violation(message, fix, one.path, manifest=one.manifest, place=one.place, is_secret=True)
