"""Something is said to be removed, and is still there.

## Why

A tombstone under `removed` tells that something is gone, who took it away and what became of its data. Where the thing
itself still stands, one of the two is wrong: it was to go and did not, or it came back under the old name and meets the
volumes and backups of the old one.

## How to fix

Remove the tombstone, or what it is for. Something new takes a new name.
"""

from collections.abc import Iterator

from pggitops.compose.merge import present, value
from pggitops.findings import Severity, Violation
from pggitops.policies import Facts

severity = Severity.ERROR
about = {"words": ("removed",)}


def check_environment(facts: Facts) -> Iterator[Violation]:
    for name, tombstone in facts.environment.removed.items():
        path = tuple(name.split("."))
        # a guard that is gone is a word that says no
        if present(facts.document, path) and value(facts.document, path) is not False:
            message = f"{name} is said to be gone since {tombstone.date}, and is there"
            yield Violation(message, "Remove one of them.", ("removed", name), at_key=True)
