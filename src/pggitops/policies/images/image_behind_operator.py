"""An image that is named by hand is older than the one the operator version comes with.

## Why

Images follow `crVersion`, unless somebody names one. Then raising the operator raises everything but that, and the
fixes of every release since do not arrive: who named it has long forgotten.

## How to fix

Remove the override; or write a newer image, and a waiver with a day if it has to stay.
"""

from collections.abc import Iterator

from pggitops import image_names, operators
from pggitops.findings import Severity, Violation
from pggitops.model import Cluster
from pggitops.parts.images import cr_version
from pggitops.policies import Facts

severity = Severity.WARNING
lenient = Severity.INFO
about = {"words": ("postgres.image", "pgbouncer.image", "backups.image", "patch")}

WHAT = ("postgres", "pgbouncer", "pgbackrest")


def check_cluster(facts: Facts, cluster: Cluster) -> Iterator[Violation]:
    if not cluster.patch and not (cluster.postgres.image or cluster.pgbouncer.image or cluster.backups.image):
        return
    name, resource = facts.resource(cluster)
    known = operators.facts(cr_version(facts.environment, cluster))["images"]
    for what, path in zip(WHAT, image_names.MAIN, strict=True):
        image = image_names.main(resource.document, path)
        usual = known[what][str(cluster.postgres.version)]
        own, there = image_names.version(image), image_names.version(usual)
        if not own or not there or what not in image_names.read(image).path:
            continue
        # another major of PostgreSQL is another matter
        if own < there[: len(own)] and (what != "postgres" or own[0] == there[0]):
            tag = image_names.read(usual).tag
            message = f"{what} is {image_names.read(image).tag}, and the operator version comes with {tag}"
            yield Violation(message, f"Remove it, or write {tag}.", path, manifest=name)
