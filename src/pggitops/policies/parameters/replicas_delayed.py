"""Every replica is kept behind on purpose.

## Why

`recovery_min_apply_delay` is meant for one server that lags, so that a mistake can be undone there. As a parameter of
the cluster it holds for all replicas (Patroni, `build_recovery_params`): reads on them are old, and a failover first
has to apply what was held back. `max_standby_streaming_delay: -1` lets any query on a replica do the same for as long
as it runs.

## How to fix

Remove it. To undo mistakes there is recovery to a point in time; for a server that lags, a standby cluster of its own.
"""

from collections.abc import Iterator

from pggitops import parameters
from pggitops.findings import Severity, Violation
from pggitops.model import Cluster
from pggitops.policies import Facts

severity = Severity.WARNING
about = {"parameters": ("recovery_min_apply_delay", "max_standby_archive_delay", "max_standby_streaming_delay")}


def check_cluster(facts: Facts, cluster: Cluster) -> Iterator[Violation]:
    name, resource = facts.resource(cluster)
    own = parameters.of(resource.document)
    is_standby = cluster.standby is not None and cluster.standby.enabled
    key = "recovery_min_apply_delay"
    if key in own and not is_standby and parameters.number(resource.document, key) > 0:
        message = f"{key}: {own[key]} keeps all replicas behind"
        yield Violation(message, "Remove it.", (*parameters.AT, key), manifest=name)
    for key in ("max_standby_archive_delay", "max_standby_streaming_delay"):
        if key in own and parameters.number(resource.document, key) < 0:
            message = f"{key}: -1 lets a query on a replica hold back replay for ever"
            yield Violation(message, "Write a time like `5min`.", (*parameters.AT, key), manifest=name)
            return
