"""Two objects make one Secret.

## Why

Each writes what it holds, and the other takes that for a change to be undone. Which password holds depends on who came
last.

## How to fix

Remove one. Where a ready manifest is to make a Secret in place of the store, say so:
`secrets: {except: {name: sealed-secrets}}`.
"""

from collections.abc import Iterator

from pggitops.findings import Severity, Violation
from pggitops.policies import Facts

severity = Severity.ERROR

_PROVIDERS = {"sealed-secrets": "sealed-secrets", "sops": "sops"}


def check_environment(facts: Facts) -> Iterator[Violation]:
    first: dict[str, str] = {}
    # what somebody wrote is what they can remove
    for source in sorted(facts.secret_sources, key=lambda each: bool(each.file)):
        if source.name in first:
            message = f"the Secret {source.name} is made by {first[source.name]} too"
            provider = _PROVIDERS.get(source.maker, "external")
            fix = f"Remove one of them, or add `secrets: {{except: {{{source.name}: {provider}}}}}`."
            yield Violation(message, fix, ("metadata", "name"), manifest=source.manifest)
        else:
            first[source.name] = f"the {source.document['kind']} {source.document['metadata']['name']}"
