"""The names of an environment and a cluster are too long together for what Flux makes of them.

## Why

Flux writes the name of each Kustomization into a label of every object it applies. A label has 63 characters at most,
so of a Kustomization with a longer name nothing is ever applied (fluxcd/flux2#2004).

## How to fix

Shorten the name of the environment or of the cluster before it is deployed: `db-<environment>-<cluster>`,
`secrets-<environment>-<cluster>` and `operator-<environment>` have to fit.
"""

from collections.abc import Iterator

from pggitops.findings import Severity, Violation
from pggitops.policies import Facts

severity = Severity.ERROR

LONGEST = 63


def check_environment(facts: Facts) -> Iterator[Violation]:
    for _, manifest in facts.of_kind("Kustomization"):
        name = manifest.document["metadata"]["name"]
        if manifest.output and len(name) > LONGEST:
            path = ("clusters", manifest.cluster) if manifest.cluster else ()
            message = f'the Kustomization would be "{name}", {len(name)} characters; {LONGEST} fit'
            yield Violation(message, f"Shorten the names by {len(name) - LONGEST}.", path, at_key=bool(path))
