"""Nobody watches a production database.

## Why

A volume that fills, a replica that lags, backups that fail, a certificate that ends: each is slow, silent and an
outage in the end, and none of it shows in the resource's status.

## How to fix

```yaml
monitoring: {pmm: {server: pmm.monitoring.svc}}
```

or `monitoring: {prometheus: {namespace: monitoring}}`, which lets Prometheus at Patroni's metrics. An exporter beside
the instances, by a patch, counts as well.
"""

from collections.abc import Iterator

from pggitops.findings import Severity, Violation
from pggitops.model import Cluster, is_lenient
from pggitops.policies import Facts

severity = Severity.WARNING
lenient = Severity.INFO


def check_cluster(facts: Facts, cluster: Cluster) -> Iterator[Violation]:
    if is_lenient(facts.environment.tier_of(cluster)):
        return
    _, resource = facts.resource(cluster)
    spec = resource.document["spec"]
    is_watched = (spec.get("pmm") or {}).get("enabled") or cluster.monitoring.prometheus
    has_exporter = any(
        "exporter" in each.get("image", "") for one in spec["instances"] for each in one.get("sidecars") or ()
    )
    if not is_watched and not has_exporter and not facts.of_kind("PodMonitor"):
        message = "nobody watches this database: there is neither PMM nor Prometheus nor an exporter"
        yield Violation(message, "Add `monitoring`.", ("clusters", cluster.name, "monitoring"))
