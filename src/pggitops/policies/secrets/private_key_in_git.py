"""A private key stands in Git for everybody to read.

## Why

Whoever has a clone can pass for the one whose key it is, for as long as its certificate or account lives: a server's
key opens the way between clients and database, a service account's every bucket it may write. Git forgets nothing, and
base64 is no encryption. A comment or an example is read as well as a value.

## How to fix

Revoke the key and make a new one. Let cert-manager or the operator make certificates, and put other keys into a store,
a SealedSecret or a SOPS file: `pggitops secrets ENV` lists what an environment needs. On EKS and GKE a workload
identity needs no key at all.
"""

from collections.abc import Iterator

from pggitops.findings import Severity, Violation
from pggitops.plain_secrets import Kind
from pggitops.policies import Facts

severity = Severity.ERROR
about = {"problems": ("secrets",)}


def check_environment(facts: Facts) -> Iterator[Violation]:
    fix = "Revoke it, and put its successor into a Secret."
    for one in facts.committed(Kind.PRIVATE_KEY):
        message = f"{one.spot.what} stands here, for everybody to read"
        yield Violation(message, fix, one.path, manifest=one.manifest, place=one.place, is_secret=True)
