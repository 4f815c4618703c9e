"""A key or token of a service stands in Git for everybody to read.

## Why

Keys of AWS, Google and Azure, tokens of GitHub, GitLab, Slack, Grafana, PMM and Vault, and keys of age have a form
that is known: those who look for them in repositories find them within minutes. With the key of a bucket all backups
can be read and deleted. Git forgets nothing.

## How to fix

Revoke it first. Then put its successor into a store, a SealedSecret or a SOPS file and name the Secret:
`credentials: {secret: payments-s3}`. On EKS and GKE write `credentials: {workloadIdentity: …}`, which needs no key.
"""

from collections.abc import Iterator

from pggitops.findings import Severity, Violation
from pggitops.plain_secrets import Kind
from pggitops.policies import Facts

severity = Severity.ERROR
about = {"problems": ("secrets",)}


def check_environment(facts: Facts) -> Iterator[Violation]:
    fix = "Revoke it, and put its successor into a Secret."
    for one in facts.committed(Kind.TOKEN):
        message = f"{one.spot.what} stands here, for everybody to read"
        yield Violation(message, fix, one.path, manifest=one.manifest, place=one.place, is_secret=True)
