"""Strings are read with backslashes as escapes.

## Why

With `standard_conforming_strings` off, a backslash in a string hides the quote behind it. An application or driver that
escapes by the standard can then be made to run SQL of its input (PostgreSQL manual, "String Constants", and its warning
at `backslash_quote`). Drivers have assumed the default, on, since 9.1.

## How to fix

Remove it; in a statement that needs escapes write `E'…'`.
"""

from collections.abc import Iterator

from pggitops import parameters
from pggitops.findings import Severity, Violation
from pggitops.model import Cluster
from pggitops.policies import Facts

severity = Severity.ERROR
about = {"parameters": ("standard_conforming_strings",)}


def check_cluster(facts: Facts, cluster: Cluster) -> Iterator[Violation]:
    name, resource = facts.resource(cluster)
    own = parameters.of(resource.document)
    key = "standard_conforming_strings"
    if key in own and parameters.truth(own[key]) is False:
        message = f"{key} is off, which opens statements to injection"
        yield Violation(message, "Remove it.", (*parameters.AT, key), manifest=name)
