"""The server logs for a debugger.

## Why

`debug1` to `debug5` in `log_min_messages`, plans and parse trees (`debug_print_*`) and statistics of every statement
(`log_*_stats`) write many lines for each statement. They cost throughput, fill disks and log systems, and hide what
matters (PostgreSQL manual, "Error Reporting and Logging").

## How to fix

Remove it when the search is over. In one session: `SET log_min_messages = debug1`.
"""

from collections.abc import Iterator

from pggitops import parameters
from pggitops.findings import Severity, Violation
from pggitops.model import Cluster
from pggitops.policies import Facts

severity = Severity.WARNING
lenient = Severity.INFO

LEVELS = ("client_min_messages", "log_min_error_statement", "log_min_messages")
SWITCHES = (
    "debug_print_parse",
    "debug_print_plan",
    "debug_print_rewritten",
    "log_executor_stats",
    "log_parser_stats",
    "log_planner_stats",
    "log_statement_stats",
    "trace_locks",
    "trace_sort",
    "wal_debug",
)
about = {"parameters": (*LEVELS, *SWITCHES)}


def check_cluster(facts: Facts, cluster: Cluster) -> Iterator[Violation]:
    name, resource = facts.resource(cluster)
    own = parameters.of(resource.document)
    for key in LEVELS:
        if key in own and str(own[key]).lower().startswith("debug"):
            message = f"{key}: {own[key]} logs for a debugger"
            yield Violation(message, "Remove it.", (*parameters.AT, key), manifest=name)
    for key in SWITCHES:
        if key in own and parameters.truth(own[key]):
            yield Violation(f"{key} logs for a debugger", "Remove it.", (*parameters.AT, key), manifest=name)
