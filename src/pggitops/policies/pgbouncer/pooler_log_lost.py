"""PgBouncer logs to where nobody reads, or for a debugger.

## Why

A container's log is what it writes to stderr. `logfile` and `syslog` take PgBouncer's elsewhere: to a file that goes
with the pod, or nowhere. `verbose` above 0 logs every step of every connection.

## How to fix

Remove it. Fewer lines come of `log_connections: false` and `log_disconnections: false`.
"""

from collections.abc import Iterator

from pggitops import pooler
from pggitops.findings import Severity, Violation
from pggitops.model import Cluster
from pggitops.policies import Facts

severity = Severity.WARNING
lenient = Severity.INFO
about = {"pgbouncer": ("logfile", "syslog", "verbose")}


def check_cluster(facts: Facts, cluster: Cluster) -> Iterator[Violation]:
    name, resource = facts.resource(cluster)
    own = pooler.of(resource.document)
    for key in ("logfile", "syslog", "verbose"):
        written = str(own.get(key, "")).strip()
        if written and written != "0" and not written.startswith("/dev/"):
            where = "logs for a debugger" if key == "verbose" else "takes the log from where the platform collects it"
            yield Violation(f"{key}: {written} {where}", "Remove it.", (*pooler.GLOBAL, key), manifest=name)
