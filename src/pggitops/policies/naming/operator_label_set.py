"""A label by which the operator knows its own objects is set on everything that is rendered.

## Why

`labels` go onto every object and every pod of the operator's. With `postgres-operator.crunchydata.com/cluster` among
them the operator takes foreign objects for its own, removes what it does not expect, and NetworkPolicies and Services
that select by that label select the wrong pods.

## How to fix

Take a name of your own: `labels: {acme.example/cluster: payments}`.
"""

from collections.abc import Iterator, Mapping

from pggitops.findings import Path, Severity, Violation
from pggitops.parts.names import PREFIX
from pggitops.policies import Facts

severity = Severity.ERROR

DOMAINS = (PREFIX, "pgv2.percona.com", "upstream.pgv2.percona.com")


def check_environment(facts: Facts) -> Iterator[Violation]:
    yield from _of(facts.environment.labels, ("labels",))
    for name, cluster in facts.environment.clusters.items():
        yield from _of(cluster.labels, ("clusters", name, "labels"))


def _of(labels: Mapping[str, str], path: Path) -> Iterator[Violation]:
    for key in labels:
        if key.partition("/")[0] in DOMAINS:
            yield Violation(f"{key} is the operator's own label", "Choose another name.", (*path, key), at_key=True)
