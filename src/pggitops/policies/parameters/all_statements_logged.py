"""Every statement is written to the log, with the values in it.

## Why

The log then holds personal data and passwords (`CREATE ROLE … PASSWORD '…'`) in plain text, in whatever collects it,
and for longer than anybody decided. It also grows with the load. For an audit `log_statement: ddl` is enough, and a
duration of some hundred milliseconds finds what is slow.

## How to fix

```yaml
postgres: {parameters: {log_statement: ddl, log_min_duration_statement: 500ms}}
```

To see a share of all statements, use `log_min_duration_sample` with `log_statement_sample_rate`.
"""

from collections.abc import Iterator

from pggitops import parameters
from pggitops.findings import Severity, Violation
from pggitops.model import Cluster
from pggitops.policies import Facts

severity = Severity.WARNING
lenient = Severity.INFO

DURATIONS = ("log_min_duration_statement", "auto_explain.log_min_duration")
about = {"parameters": ("log_statement", *DURATIONS)}


def check_cluster(facts: Facts, cluster: Cluster) -> Iterator[Violation]:
    name, resource = facts.resource(cluster)
    own = parameters.of(resource.document)
    if str(own.get("log_statement")).lower() == "all":
        message = "log_statement: all writes every statement to the log"
        yield Violation(message, "Write `ddl`, or remove it.", (*parameters.AT, "log_statement"), manifest=name)
        return
    for key in DURATIONS:
        if key in own and parameters.number(resource.document, key) == 0:
            message = f"{key}: 0 writes every statement to the log"
            fix = "Write a duration like `500ms`, or -1 for none."
            yield Violation(message, fix, (*parameters.AT, key), manifest=name)
            return
