"""A database's volume may be mounted by several nodes at once.

## Why

PostgreSQL must be alone on its data directory. Volumes that are `ReadWriteMany` are network file systems for the most
part, whose locks and fsync the PostgreSQL manual warns of ("Creating a Database Cluster", File Systems), and nothing
keeps a second server off them when a node is lost. The mode cannot be changed afterwards.

## How to fix

Remove `accessModes`: what is rendered is `ReadWriteOnce`. `ReadWriteOncePod` is stricter still.
"""

from collections.abc import Iterator

from pggitops import sizing
from pggitops.findings import Severity, Violation
from pggitops.model import Cluster
from pggitops.policies import Facts

severity = Severity.ERROR
lenient = Severity.WARNING
about = {"words": ("patch",)}

CLAIMS = ("dataVolumeClaimSpec", "walVolumeClaimSpec")


def check_cluster(facts: Facts, cluster: Cluster) -> Iterator[Violation]:
    name, resource = facts.resource(cluster)
    for path, instance_set in sizing.instance_sets(resource.document):
        for word in CLAIMS:
            for index, mode in enumerate((instance_set.get(word) or {}).get("accessModes") or ()):
                if mode in ("ReadWriteMany", "ReadOnlyMany"):
                    what = word.removesuffix("VolumeClaimSpec")
                    message = f"the {what} volume of {instance_set.get('name')} is {mode}"
                    at = (*path, word, "accessModes", index)
                    yield Violation(message, "Write `[ReadWriteOnce]`.", at, manifest=name)
