"""An exception of the secrets provider is for a Secret that nothing needs.

## Why

Who reads it believes that somebody else makes the Secret. Most often the name is misspelt, and the Secret that was
meant still comes from the provider.

## How to fix

Correct the name, or remove the line.
"""

from collections.abc import Iterator

from pggitops.findings import Severity, Violation, did_you_mean
from pggitops.policies import Facts
from pggitops.secret_sources import references

severity = Severity.WARNING
about = {"words": ("secrets.except_",)}


def check_environment(facts: Facts) -> Iterator[Violation]:
    exceptions = facts.environment.secrets.except_
    if not exceptions:
        return
    names = {one.name for one in facts.needed_secrets}
    # a base speaks for more environments than this one
    own = [name for name in exceptions if facts.in_bases(("secrets", "except", name)) is None]
    unknown = [name for name in own if name not in names]
    if unknown:
        names |= {name for each in facts.manifests.values() for _, name in references(each.document)}
    for name in unknown:
        if name not in names:
            message = f"nothing needs the Secret {name}{did_you_mean(name, names)}"
            yield Violation(message, "Correct the name, or remove the line.", ("secrets", "except", name), at_key=True)
