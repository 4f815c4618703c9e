"""A volume repository is smaller than the backups it is to keep.

## Why

While a new full backup is made, the old ones are still there, and with them all write-ahead log since the oldest. When
the volume is full, the backup fails and nothing expires any more, then archiving fails, and then the volume of the
database fills up. Compression halves most data; what is compressed or encrypted already stays as it is.

## How to fix

Make the volume larger, or keep fewer full backups there and more of them in an object store. What compression leaves
is a setting: `policies: {repository-volume-too-small: {compression: 0.3}}`.
"""

from collections.abc import Iterator

from pggitops.findings import Severity, Violation
from pggitops.model import Cluster
from pggitops.policies import Facts
from pggitops.retention import data_bytes, in_gib, kept_fulls
from pggitops.units import quantity

severity = Severity.WARNING
lenient = Severity.INFO
about = {"words": ("backups.volumes",)}
settings = {"compression": 0.5}


def check_cluster(facts: Facts, cluster: Cluster) -> Iterator[Violation]:
    for repo in cluster.backups.ordered:
        kept = kept_fulls(repo)
        if repo.volume is None or kept is None:
            continue
        data = data_bytes(cluster)
        needed = data * (kept + 1) * facts.setting("repository-volume-too-small", "compression")
        if quantity(repo.volume.storage) < needed:
            message = (
                f"{repo.volume.storage} do not hold {kept} full backup{'' if kept == 1 else 's'} of {in_gib(data)} and"
                f" the next one: they take about {in_gib(needed)}, and the write-ahead log comes on top"
            )
            path = ("clusters", cluster.name, "backups", "repos", repo.name, "volume", "storage")
            yield Violation(message, f"Write at least `storage: {in_gib(needed)}`, or keep fewer.", path)
