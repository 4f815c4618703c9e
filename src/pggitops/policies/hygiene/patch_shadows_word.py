"""A patch sets what a word of the overlay is for.

## Why

A patch comes last and without a check of its meaning. Where a word exists, the word is what people search for,
what other policies understand and what the reviewer expects; the value in the patch wins over it silently.

## How to fix

Set the word, and take the value out of the patch.
"""

from collections.abc import Iterator

from pggitops.findings import Severity, Violation, dotted
from pggitops.model import Cluster
from pggitops.policies import Facts

severity = Severity.WARNING
about = {"words": ("patch",)}


def check_cluster(facts: Facts, cluster: Cluster) -> Iterator[Violation]:
    for path, word in facts.shadowed(cluster):
        message = f"the patch overrides `{dotted(word[2:]) if word[:1] == ('clusters',) else dotted(word)}`"
        fix = "Set that word instead."
        yield Violation(message, fix, ("clusters", cluster.name, "patch", *path), at_key=True)
