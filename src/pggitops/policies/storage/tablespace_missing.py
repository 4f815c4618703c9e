"""An instance set has not the tablespace that another one has.

## Why

A tablespace is made on the primary and then replayed by every replica, at the same path. An instance without the
volume cannot make the directory: it stops replaying there, and a new one cannot be built at all (PostgreSQL manual,
`CREATE TABLESPACE`; the operator mounts `/tablespaces/<name>` where the set has the volume).

## How to fix

Give every set the same tablespaces; further sets have the main one's as long as they do not say otherwise.
"""

from collections.abc import Iterator

from pggitops import sizing
from pggitops.findings import Severity, Violation
from pggitops.model import Cluster
from pggitops.policies import Facts

severity = Severity.ERROR
about = {"words": ("instances.sets", "patch")}


def check_cluster(facts: Facts, cluster: Cluster) -> Iterator[Violation]:
    name, resource = facts.resource(cluster)
    sets = list(sizing.instance_sets(resource.document))
    if len(sets) < 2:
        return
    named = [{volume["name"] for volume in each.get("tablespaceVolumes") or ()} for _, each in sets]
    for (path, instance_set), own in zip(sets, named, strict=True):
        for missing in sorted(set().union(*named) - own):
            other = next(each["name"] for (_, each), has in zip(sets, named, strict=True) if missing in has)
            message = f'{instance_set["name"]} has no tablespace "{missing}", and {other} has'
            yield Violation(message, f"Add `{missing}` to its `tablespaces`.", (*path, "name"), manifest=name)
