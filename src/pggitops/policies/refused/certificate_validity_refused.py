"""The validity of certificates is one that the operator cannot read, or that cert-manager does not take.

## Why

The API server takes any text there. The operator reads durations as Go does, which knows no days: at `90d` it fails to
read the resource, and with it the whole list of the clusters it looks after (`TLSSpec` in postgrescluster_types.go,
2.9.0 and 3.0.0; `ParseDuration` of Go's time). Where cert-manager is installed, it asks it to renew every certificate
30 days before its end, and cert-manager refuses what is not valid for longer than that (`DefaultRenewBefore` in
percona/certmanager, 2.9.0 and 3.0.0; `ValidateDuration` of cert-manager): the cluster waits for its certificates.

## How to fix

Write hours, more than 720 of them:

```yaml
patch: {spec: {tls: {certValidityDuration: 2160h}}}
```
"""

from collections.abc import Iterator

from pggitops import units
from pggitops.findings import Severity, Violation
from pggitops.model import Cluster
from pggitops.policies import Facts

severity = Severity.ERROR
about = {"words": ("patch",)}

FIELDS = ("certValidityDuration", "caValidityDuration", "pgBackRestCertValidityDuration")
DAY = 24 * 3600


def check_cluster(facts: Facts, cluster: Cluster) -> Iterator[Violation]:
    name, resource = facts.resource(cluster)
    spec = resource.document["spec"]
    own, secrets = spec.get("tls") or {}, spec.get("secrets") or {}
    for field in FIELDS:
        if field not in own:
            continue
        path, value = ("spec", "tls", field), str(own[field])
        seconds = units.go_duration(value)
        if seconds is None:
            days = value.removesuffix("d")
            better = f"{int(days) * 24}h" if days != value and days.isdecimal() else "2160h"
            message = f'{field}: the operator cannot read "{value}", and then no cluster at all'
            yield Violation(message, f"Write hours: `{better}`.", path, manifest=name)
        # with an authority of one's own, cert-manager is not asked
        elif seconds <= 30 * DAY and not (secrets.get("customRootCATLSSecret") or {}).get("name"):
            message = f"{field}: {value} is no more than the 30 days before the end at which cert-manager is to renew"
            fix = "Write more than 720h, such as `2160h`."
            yield Violation(message, fix, path, manifest=name, severity=Severity.WARNING)
