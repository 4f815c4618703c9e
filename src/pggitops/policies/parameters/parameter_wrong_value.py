"""A server parameter has a value that PostgreSQL or Patroni does not read.

## Why

Patroni drops a number, boolean or enum value it cannot read, with one line in its log, and the server runs with the
default (`postgresql/validator.py`). Units are a frequent cause: they are `B`, `kB`, `MB`, `GB`, `TB`, and `us`, `ms`,
`s`, `min`, `h`, `d`, in exactly this case (`guc.c`); Kubernetes' `Gi` is none of them. A list of words
(`log_destination`) is not read by Patroni but by PostgreSQL, which then does not start.

## How to fix

```yaml
postgres: {parameters: {work_mem: 64MB, statement_timeout: 10min, synchronous_commit: "on"}}
```
"""

from collections.abc import Iterator

from pggitops import parameters
from pggitops.findings import Severity, Violation
from pggitops.model import Cluster
from pggitops.policies import Facts

severity = Severity.ERROR
about = {"problems": ("parameters",)}


def check_cluster(facts: Facts, cluster: Cluster) -> Iterator[Violation]:
    name, resource = facts.resource(cluster)
    for key, problem in parameters.found(resource.document, "value"):
        # at which the operator stops: wal-level-refused
        if key != "wal_level":
            yield Violation(problem.message, problem.fix, (*parameters.AT, key), manifest=name)
