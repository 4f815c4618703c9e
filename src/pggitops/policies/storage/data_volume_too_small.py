"""A data volume is smaller than a database of its tier needs to live.

## Why

An empty cluster takes some 50 MB, its write-ahead log 1 GB and more, a temporary file of one bad query as much as there
is. Below a few gibibytes the first of them stops the database, and in many clouds small volumes are slow as well.

## How to fix

Write at least what the tier's minimum is: settings `least` (10Gi) for production and `lenient` (2Gi) for the others.
"""

from collections.abc import Iterator

from pggitops import sizing, volumes
from pggitops.findings import Severity, Violation
from pggitops.model import Cluster, is_lenient
from pggitops.policies import Facts

severity = Severity.WARNING
settings = {"least": "10Gi", "lenient": "2Gi"}


def check_cluster(facts: Facts, cluster: Cluster) -> Iterator[Violation]:
    name, resource = facts.resource(cluster)
    tier = facts.environment.tier_of(cluster)
    least = facts.setting("data-volume-too-small", "lenient" if is_lenient(tier) else "least")
    for volume in volumes.distinct(resource.document):
        if volume.what == "data volume" and volume.size < (sizing.amount(least) or 0):
            message = f"the data volume of {volume.name} has {sizing.shown(volume.size)}; {tier} begins at {least}"
            yield Violation(message, f"Write `storage: {least}` or more.", volume.path, manifest=name)
