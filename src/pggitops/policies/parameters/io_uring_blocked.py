"""The server is to use io_uring, which containers do not get.

## Why

With `io_method: io_uring` (PostgreSQL 18) the server does not start where the kernel refuses the system call. The
seccomp profile of containerd and Docker, `RuntimeDefault`, has refused it since 2023, and the pod security standard
`restricted` demands that profile. The build has to have it, too.

## How to fix

Remove it: `worker`, the default, reads asynchronously as well.
"""

from collections.abc import Iterator

from pggitops import parameters
from pggitops.findings import Severity, Violation
from pggitops.model import Cluster
from pggitops.policies import Facts

severity = Severity.WARNING
about = {"parameters": ("io_method",)}


def check_cluster(facts: Facts, cluster: Cluster) -> Iterator[Violation]:
    name, resource = facts.resource(cluster)
    if str(parameters.of(resource.document).get("io_method")).lower() == "io_uring":
        message = "most container runtimes refuse io_uring, and then the server does not start"
        yield Violation(message, "Remove it, or write `worker`.", (*parameters.AT, "io_method"), manifest=name)
