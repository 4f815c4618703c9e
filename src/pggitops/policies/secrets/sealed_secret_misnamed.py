"""A SealedSecret was sealed for another name or namespace than it has.

## Why

What is sealed in the strict scope, which is kubeseal's default, opens only under the name and in the namespace it was
sealed for; in the scope of a namespace, only in that. `kubeseal` writes both into the template. Where they differ from
the object's own, somebody has copied or renamed it, and no key opens it any more.

## How to fix

Seal the value again for the new name: `pggitops secrets ENV` shows the command.
"""

from collections.abc import Iterator
from typing import Any

from pggitops.findings import Severity, Violation
from pggitops.policies import Facts
from pggitops.secret_sources import mapping

severity = Severity.ERROR
about = {"kinds": ("SealedSecret",)}

SCOPE = "sealedsecrets.bitnami.com/"


def check_environment(facts: Facts) -> Iterator[Violation]:
    for identity, manifest in facts.of_kind("SealedSecret"):
        metadata = manifest.document["metadata"]
        template = mapping(mapping(mapping(manifest.document, "spec"), "template"), "metadata")
        for word in _bound(mapping(metadata, "annotations")):
            own, sealed = metadata.get(word), template.get(word)
            if sealed is not None and own is not None and sealed != own:
                message = (
                    f'the SealedSecret {metadata["name"]} was sealed for the {word} "{sealed}", its own is "{own}"'
                )
                at = ("spec", "template", "metadata", word)
                yield Violation(message, "Seal it again with `kubeseal`.", at, manifest=identity)


def _bound(annotations: Any) -> tuple[str, ...]:
    """What the sealed text is bound to, by its scope."""
    if annotations.get(f"{SCOPE}cluster-wide") == "true":
        return ()
    return ("namespace",) if annotations.get(f"{SCOPE}namespace-wide") == "true" else ("name", "namespace")
