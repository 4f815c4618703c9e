"""A check is off by which pgBackRest finds backups that cannot be restored.

## Why

`checksum-page` finds pages that the disk has damaged, while there is still a backup without the damage.
`archive-check` makes sure that what a backup needs of the write-ahead log has arrived; without it a backup may be
complete and useless. `archive-mode-check` and the header checks find that another database is archived to this place.

## How to fix

Remove the option; all of them are on by default.
"""

from collections.abc import Iterator

from pggitops.findings import Severity, Violation
from pggitops.model import Cluster
from pggitops.pgbackrest import options_of
from pggitops.policies import Facts

severity = Severity.WARNING

CHECKS = {
    "checksum-page": "damaged pages go into the backups unnoticed",
    "page-header-check": "pages that are none go into the backups unnoticed",
    "archive-check": "a backup may lack the write-ahead log it cannot be restored without",
    "archive-mode-check": "a standby may archive to the place of its primary",
    "archive-header-check": "the write-ahead log of another database may be archived to this place",
}
about = {"pgbackrest": tuple(CHECKS)}


def check_cluster(facts: Facts, cluster: Cluster) -> Iterator[Violation]:
    name, manifest = facts.resource(cluster)
    options = options_of(manifest.document)
    for option, harm in CHECKS.items():
        if options.get(option) == "n":
            path = ("spec", "backups", "pgbackrest", "global", option)
            yield Violation(f"{option} is off: {harm}", "Remove it.", path, manifest=name)
