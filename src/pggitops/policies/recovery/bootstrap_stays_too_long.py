"""The bootstrap of a cluster may stand for much longer than a start takes.

## Why

As long as it stands, it waits: a restore of the cluster, or making it anew, is followed by another restore of the old
data over the new. A cluster starts within hours, a large one within days.

## How to fix

Set `until` to a day by which the cluster runs, at most 30 days from now, and remove `bootstrap` then. The number is a
setting: `policies: {bootstrap-stays-too-long: {days: 60}}`.
"""

import datetime
from collections.abc import Iterator

from pggitops.findings import Severity, Violation
from pggitops.model import Cluster
from pggitops.policies import Facts

severity = Severity.WARNING
about = {"words": ("bootstrap",)}
settings = {"days": 30}


def check_cluster(facts: Facts, cluster: Cluster) -> Iterator[Violation]:
    if cluster.bootstrap is None or not cluster.bootstrap.until:
        return
    until = datetime.date.fromisoformat(cluster.bootstrap.until)
    longest = facts.setting("bootstrap-stays-too-long", "days")
    days = (until - facts.today).days
    if days > longest:
        path = ("clusters", cluster.name, "bootstrap", "until")
        message = f"bootstrap may stand for {days} more days; until then a restore brings the old data back"
        last = facts.today + datetime.timedelta(longest)
        yield Violation(message, f"Write a day until {last.isoformat()}.", path)
