"""A Secret is encrypted with SOPS so that nobody can decrypt it.

## Why

The engine decrypts a Secret by its `sops` block: for whom it is encrypted, and a code that proves that nobody has
changed it. Where that is missing, or where what the engine must know, like the name, is encrypted as well, the sync
fails or, worse, the encrypted text becomes the password.

## How to fix

Encrypt the Secret anew, as a file of one document: `sops encrypt --encrypted-regex '^(data|stringData)$'`. Never edit
an encrypted file but with `sops edit`.
"""

from collections.abc import Iterator

from pggitops.findings import Severity, Violation
from pggitops.policies import Facts
from pggitops.secret_sources import sops_gaps

severity = Severity.ERROR
about = {"kinds": ("Secret",)}


def check_environment(facts: Facts) -> Iterator[Violation]:
    for identity, manifest in facts.of_kind("Secret"):
        name = manifest.document["metadata"]["name"]
        for path, gap in sops_gaps(manifest.document):
            message = f"the Secret {name} cannot be decrypted: {gap}"
            yield Violation(message, "Encrypt it anew with `sops encrypt`.", path, manifest=identity, at_key=True)
