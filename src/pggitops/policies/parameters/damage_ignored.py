"""PostgreSQL is told to go on over damaged data.

## Why

`zero_damaged_pages` replaces a broken page by an empty one, for good; `ignore_checksum_failure`,
`ignore_invalid_pages` and `ignore_system_indexes` go on past what they should stop at, and `allow_system_table_mods`
lets statements break the catalogue. They are tools for one session of a rescue (PostgreSQL manual, "Developer
Options"). In the configuration every session and every replica has them, and damage spreads unseen into backups.

## How to fix

Remove it, and set it in the one session that needs it: `SET zero_damaged_pages = on`.
"""

from collections.abc import Iterator

from pggitops import parameters
from pggitops.findings import Severity, Violation
from pggitops.model import Cluster
from pggitops.policies import Facts

severity = Severity.ERROR

DANGEROUS = (
    "allow_system_table_mods",
    "ignore_checksum_failure",
    "ignore_invalid_pages",
    "ignore_system_indexes",
    "zero_damaged_pages",
)
about = {"parameters": DANGEROUS}


def check_cluster(facts: Facts, cluster: Cluster) -> Iterator[Violation]:
    name, resource = facts.resource(cluster)
    own = parameters.of(resource.document)
    for key in DANGEROUS:
        if key in own and parameters.truth(own[key]):
            message = f"{key} is on for every session"
            yield Violation(
                message, "Remove it; set it in a session of a rescue.", (*parameters.AT, key), manifest=name
            )
