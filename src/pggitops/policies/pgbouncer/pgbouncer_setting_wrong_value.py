"""A PgBouncer setting has a value that PgBouncer does not read.

## Why

PgBouncer takes plain numbers: no unit (`30s`), no fraction for a count, 1 and 0 for a switch. A value it cannot read
fails the load of the whole file, so that the next pod to start dies (libusual's cfparser.c).

## How to fix

```yaml
pgbouncer: {parameters: {query_wait_timeout: 30, log_connections: false, max_client_conn: 2000}}
```
"""

from collections.abc import Iterator

from pggitops import pooler
from pggitops.findings import Severity, Violation
from pggitops.model import Cluster
from pggitops.policies import Facts

severity = Severity.ERROR
about = {"problems": ("pgbouncer",)}


def check_cluster(facts: Facts, cluster: Cluster) -> Iterator[Violation]:
    name, resource = facts.resource(cluster)
    for path, problem in pooler.found(resource.document, "value"):
        yield Violation(problem.message, problem.fix, path, manifest=name)
