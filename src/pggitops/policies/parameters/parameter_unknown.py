"""A server parameter has a name that this major of PostgreSQL does not know.

## Why

Patroni reads the parameters before PostgreSQL does. A name it does not know is dropped with one line in Patroni's log;
the server starts, and runs with the default as if nothing had been written (Patroni 4.1.3, `postgresql/validator.py`).
A name with a dot passes, and means nothing unless an extension claims it; close to the name of a known extension's
parameter it is a slip.

## How to fix

Write the name as PostgreSQL spells it. A parameter that a later major brings has to wait for the upgrade. Names with a
dot are for extensions and for applications (`app.tenant`), and are left alone.
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
    for key, problem in parameters.found(resource.document, "unknown"):
        yield Violation(problem.message, problem.fix, (*parameters.AT, key), manifest=name, at_key=True)
