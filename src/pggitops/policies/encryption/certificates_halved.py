"""One of the two certificates of a cluster is given, and the other is not.

## Why

The servers' certificate and that for replication have to be of one authority. With a `tls.secret` alone the operator
signs the replicas' certificate with its own, which the servers do not trust: replicas do not connect, pgBackRest's
standby backups neither, and the first failover has nobody to go to (docs.percona.com, "Transport layer security", and
the comment at `customReplicationTLSSecret` in the CRD).

## How to fix

Write both, of the same authority:

```yaml
tls: {secret: payments-tls, replicationSecret: payments-replication-tls}
```
"""

from collections.abc import Iterator

from pggitops.findings import Severity, Violation
from pggitops.model import Cluster
from pggitops.policies import Facts

severity = Severity.ERROR
about = {"words": ("tls.secret", "tls.replication_secret", "patch")}

FIELDS = {"customTLSSecret": "secret", "customReplicationTLSSecret": "replicationSecret"}


def check_cluster(facts: Facts, cluster: Cluster) -> Iterator[Violation]:
    name, resource = facts.resource(cluster)
    secrets = resource.document["spec"].get("secrets") or {}
    given = [field for field in FIELDS if (secrets.get(field) or {}).get("name")]
    if len(given) == 1:
        (missing,) = FIELDS.keys() - given
        message = f"`tls.{FIELDS[given[0]]}` is given and `tls.{FIELDS[missing]}` is not"
        fix = "Give both, of one authority, or neither."
        yield Violation(message, fix, ("spec", "secrets", given[0]), manifest=name)
