"""An image holds another major of PostgreSQL than the cluster has.

## Why

Nothing refuses it. The data directory is `/pgdata/pgNN` of `postgresVersion`, the programs are the image's: PostgreSQL
finds files of another major and does not start, or finds none and a replica is made anew. The pods are replaced one
after the other, replicas first, and at the end there is no database.

## How to fix

Write an image of the cluster's major, or leave `postgres.image` out. The way to another major is `upgrade`.
"""

from collections.abc import Iterator

from pggitops import image_names
from pggitops.findings import Severity, Violation
from pggitops.model import Cluster
from pggitops.policies import Facts

severity = Severity.ERROR


def check_cluster(facts: Facts, cluster: Cluster) -> Iterator[Violation]:
    name, resource = facts.resource(cluster)
    path = image_names.MAIN[0]
    image, major = image_names.main(resource.document, path), resource.document["spec"]["postgresVersion"]
    held = image_names.postgres_major(image)
    if held is not None and held != major:
        message = f"the image is PostgreSQL {held}, the cluster {major}"
        yield Violation(message, f"Write an image of {major}, or leave it out.", path, manifest=name)
