"""The server's log goes where nobody reads it, or where it fills the data's volume.

## Why

A container's log is what it writes to stderr; the operator leaves it there. `logging_collector` moves it to files on
the volume of the data, and under the default `log_filename` they are never removed. `csvlog` and `jsonlog` need the
collector, else they are plain text on stderr (PostgreSQL manual, `log_destination`); a container has no syslog.

## How to fix

Remove these parameters and let the platform collect the log. With the collector, make the files few:
`log_filename: postgresql-%a.log`, `log_truncate_on_rotation: "on"`.
"""

from collections.abc import Iterator

from pggitops import parameters
from pggitops.findings import Severity, Violation
from pggitops.model import Cluster
from pggitops.policies import Facts

severity = Severity.WARNING
about = {"parameters": ("logging_collector", "log_destination")}


def check_cluster(facts: Facts, cluster: Cluster) -> Iterator[Violation]:
    name, resource = facts.resource(cluster)
    own = parameters.of(resource.document)
    collects = "logging_collector" in own and parameters.truth(own["logging_collector"])
    if collects and not _repeats(str(own.get("log_filename", "postgresql-%Y-%m-%d_%H%M%S.log"))):
        message = "logging_collector writes files that are never removed to the volume of the data"
        yield Violation(message, "Remove it.", (*parameters.AT, "logging_collector"), manifest=name)
    words = {each.strip().lower() for each in str(own.get("log_destination", "stderr")).split(",")}
    path = (*parameters.AT, "log_destination")
    if words == {"syslog"}:
        yield Violation("a container has no syslog: the log is lost", "Write `stderr`.", path, manifest=name)
    elif not collects and words & {"csvlog", "jsonlog"}:
        message = f"log_destination: {own['log_destination']} has no effect without logging_collector"
        yield Violation(message, "Write `stderr`.", path, manifest=name)


def _repeats(pattern: str) -> bool:
    """Whether the same file names come again, so that files replace each other: no year, and no day of the year."""
    return not any(sign in pattern for sign in ("%Y", "%y", "%s", "%G", "%F", "%D", "%c", "%x"))
