"""The instances cannot reach each other's Patroni.

## Why

Patroni asks its peers on port 8008 who is ahead before it takes over, and with failsafe mode all of them before it
stays primary without the API server (Patroni: "DCS Failsafe Mode"). A member nobody can ask counts as gone.

## How to fix

Leave `spec.patroni.port` at 8008, or open the other port between the instances by a NetworkPolicy in `manifests/`.
Otherwise the finding says which policy to extend, and by what.
"""

from collections.abc import Iterator

from pggitops.findings import Severity, Violation
from pggitops.model import Cluster
from pggitops.policies import Facts

severity = Severity.ERROR
about = {"problems": ("network",)}


def check_cluster(facts: Facts, cluster: Cluster) -> Iterator[Violation]:
    return facts.reachability().violations("patroni-cut", "Patroni does not see its peers", cluster.name)
