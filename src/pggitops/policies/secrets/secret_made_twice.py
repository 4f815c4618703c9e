"""Two objects, or an object and the operator, make one Secret.

## Why

Each writes what it holds, and the other takes that for a change to be undone. Which password holds depends on who came
last.

## How to fix

Remove one; give a Secret another name than those of the operator's own. Where a ready manifest is to make a Secret in
place of the store, say so:
`secrets: {except: {name: sealed-secrets}}`.
"""

from collections.abc import Iterator

from pggitops.findings import Severity, Violation
from pggitops.policies import Facts
from pggitops.secret_sources import OPERATORS_OWN

severity = Severity.ERROR

_PROVIDERS = {"sealed-secrets": "sealed-secrets", "sops": "sops"}


def check_environment(facts: Facts) -> Iterator[Violation]:
    yield from _of_the_operator(facts)
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


def _of_the_operator(facts: Facts) -> Iterator[Violation]:
    own = {f"{cluster}-{each}" for cluster in facts.environment.clusters for each in OPERATORS_OWN}
    for one in facts.needed_secrets:
        # certificates under the operator's own names are taken as they are
        if one.name in own and not (one.use == "tls" and one.name.endswith("-cert")):
            message = f"the Secret {one.name} ({one.why}) is made by the operator too"
            yield Violation(message, "Give it another name.", one.item)
