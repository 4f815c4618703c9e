"""The audit log holds the values of every statement's parameters.

## Why

With `pgaudit.log_parameter` on, what applications bind (names, card numbers, passwords) stands in the log in plain
text, although the statement alone would not show it (pgaudit's README, "pgaudit.log_parameter").

## How to fix

Remove it. Where the law demands the values, write a waiver that says who reads that log and how long it is kept.
"""

from collections.abc import Iterator

from pggitops import parameters
from pggitops.findings import Severity, Violation
from pggitops.model import Cluster
from pggitops.policies import Facts

severity = Severity.WARNING
lenient = Severity.INFO
about = {"parameters": ("pgaudit.log_parameter",)}


def check_cluster(facts: Facts, cluster: Cluster) -> Iterator[Violation]:
    name, resource = facts.resource(cluster)
    key = "pgaudit.log_parameter"
    own = parameters.of(resource.document)
    if key in own and parameters.truth(own[key]):
        message = "the values that applications bind are written to the audit log"
        yield Violation(message, "Remove it.", (*parameters.AT, key), manifest=name)
