"""A Secret's value stands in Git for everybody to read.

## Why

Git forgets nothing, and every clone has it: base64 is no encryption. A password that was committed once is known, also
after the file is gone. A SOPS file with one value left out is no better for that value.

## How to fix

Change the password, for it is no longer one. Then let a store hold it (`secrets: {provider: external-secrets}`), seal
it, or encrypt the whole of `data` and `stringData` with SOPS; `pggitops secrets ENV` shows the command.
"""

from collections.abc import Iterator

from pggitops.findings import Severity, Violation
from pggitops.policies import Facts
from pggitops.secret_sources import plain_values

severity = Severity.ERROR
about = {"kinds": ("Secret",)}


def check_environment(facts: Facts) -> Iterator[Violation]:
    for identity, manifest in facts.of_kind("Secret"):
        name = manifest.document["metadata"]["name"]
        for part, key in plain_values(manifest.document):
            message = f"{key} of the Secret {name} is not encrypted"
            fix = "Change it, and commit the new one sealed, encrypted, or as an ExternalSecret."
            yield Violation(message, fix, (part, key), manifest=identity, is_secret=True)
