"""The last changes of a quiet database are archived late, or only when a segment is full.

## Why

A segment of the write-ahead log is archived when its 16 MB are full or `archive_timeout` is over. The operator sets 60
seconds. With 0 a database that changes little loses hours or days, if its Kubernetes cluster is lost: what is not
archived lies only on the volumes.

## How to fix

Remove `archive_timeout`, or write at most 15 minutes. What is allowed is a setting, in seconds: `policies:
{archive-timeout-too-long: {seconds: 300}}`.
"""

from collections.abc import Iterator

from pggitops import guc, parameters
from pggitops.findings import Severity, Violation
from pggitops.model import Cluster
from pggitops.policies import Facts

severity = Severity.WARNING
lenient = Severity.INFO
settings = {"seconds": 900}

KEY = "archive_timeout"
about = {"parameters": (KEY,)}


def check_cluster(facts: Facts, cluster: Cluster) -> Iterator[Violation]:
    name, resource = facts.resource(cluster)
    if KEY not in parameters.of(resource.document) or not cluster.backups.enabled:
        return
    seconds = parameters.number(resource.document, KEY)
    longest = facts.setting("archive-timeout-too-long", "seconds")
    path = (*parameters.AT, KEY)
    fix = f"Remove it, which leaves 60s, or write at most {longest}s."
    if seconds == 0:
        message = "archive_timeout is 0: changes are archived only when 16 MB of them are there"
        yield Violation(message, fix, path, manifest=name)
    elif seconds > longest:
        message = f"up to {guc.spoken(seconds, 's')} of changes are not archived, and lost with the Kubernetes cluster"
        yield Violation(message, fix, path, manifest=name)
