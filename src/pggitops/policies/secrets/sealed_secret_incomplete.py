"""A SealedSecret holds something that cannot be unsealed.

## Why

The controller opens what `kubeseal` has made: a session key under its public key, then the value. A text that was cut
when it was copied, or that was never sealed, opens for nobody; the Secret then misses the key, or does not come
at all, and what was not sealed stands in Git for everybody to read.

## How to fix

Seal it again: `pggitops secrets ENV` shows the command.
"""

from collections.abc import Iterator

from pggitops.findings import Severity, Violation
from pggitops.policies import Facts
from pggitops.secret_sources import sealed_gaps

severity = Severity.ERROR
about = {"kinds": ("SealedSecret",)}


def check_environment(facts: Facts) -> Iterator[Violation]:
    for identity, manifest in facts.of_kind("SealedSecret"):
        name = manifest.document["metadata"]["name"]
        for path, gap in sealed_gaps(manifest.document):
            message = f"the SealedSecret {name} cannot be unsealed: {gap}"
            yield Violation(message, "Seal it again with `kubeseal`.", path, manifest=identity)
