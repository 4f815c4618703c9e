"""Clients are refused for a startup parameter that PgBouncer was told to ignore before.

## Why

The JDBC driver sends `extra_float_digits` when it connects, and PgBouncer refuses parameters it does not know. The
operator therefore writes `ignore_startup_parameters: extra_float_digits` (`internal/pgbouncer/config.go`); a list of
one's own replaces it.

## How to fix

```yaml
pgbouncer: {parameters: {ignore_startup_parameters: "extra_float_digits,options"}}
```
"""

from collections.abc import Iterator

from pggitops import pooler
from pggitops.findings import Severity, Violation
from pggitops.model import Cluster
from pggitops.policies import Facts

severity = Severity.ERROR
lenient = Severity.WARNING
about = {"pgbouncer": ("ignore_startup_parameters",)}


def check_cluster(facts: Facts, cluster: Cluster) -> Iterator[Violation]:
    name, resource = facts.resource(cluster)
    key = "ignore_startup_parameters"
    written = pooler.of(resource.document).get(key)
    if written is None:
        return
    names = [each.strip() for each in str(written).split(",") if each.strip()]
    if "extra_float_digits" not in names:
        whole = ",".join(["extra_float_digits", *names])
        message = f"{key} no longer names extra_float_digits, which JDBC sends"
        yield Violation(message, f'Write `{key}: "{whole}"`.', (*pooler.GLOBAL, key), manifest=name)
