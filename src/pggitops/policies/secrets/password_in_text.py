"""A password stands in Git for everybody to read.

## Why

In SQL (`CREATE ROLE … PASSWORD '…'`), in the environment of a sidecar, in properties of a ConfigMap, in a comment:
every clone has it, and Git forgets nothing. What PostgreSQL is given in SQL also appears in its log and statistics. A
default like `changeme` that is applied is the first that is tried.

## How to fix

Change the password. Make roles with `users`, so that the operator makes their Secrets; elsewhere refer to a Secret
(`valueFrom: {secretKeyRef: …}`) or to a variable (`${APP_PASSWORD}`). Where a text only shows the form, write
`<password>`.
"""

from collections.abc import Iterator

from pggitops.findings import Severity, Violation
from pggitops.plain_secrets import Kind
from pggitops.policies import Facts

severity = Severity.ERROR
about = {"problems": ("secrets",)}


def check_environment(facts: Facts) -> Iterator[Violation]:
    fix = "Change it, and refer to a Secret instead."
    for one in facts.committed(Kind.PASSWORD):
        message = f"{one.spot.what} stands here in plain, for everybody to read"
        yield Violation(message, fix, one.path, manifest=one.manifest, place=one.place, is_secret=True)
