"""A volume that has to grow is of a storage class that cannot.

## Why

A class without `allowVolumeExpansion` keeps its volumes at the size they were made with: the API server refuses the
change, the operator notes it in an event, and Git and the cluster differ from then on. A database that is full can then
only be moved, instance by instance.

## How to fix

Take a class that can expand, or say so in the target's base: `storageClasses: {gp3: {expandable: true}}`.
"""

from collections.abc import Iterator

from pggitops import volumes
from pggitops.findings import Severity, Violation
from pggitops.model import Cluster, is_lenient
from pggitops.policies import Facts

severity = Severity.WARNING
lenient = Severity.INFO


def check_cluster(facts: Facts, cluster: Cluster) -> Iterator[Violation]:
    target = facts.environment.target
    if not target.storage_classes or is_lenient(facts.environment.tier_of(cluster)):
        return
    name, resource = facts.resource(cluster)
    told = set()
    for volume in volumes.distinct(resource.document):
        known = target.storage_classes.get(volume.storage_class or "")
        if known is not None and not known.expandable and known.name not in told:
            told.add(known.name)
            fitting = sorted(each.name for each in target.storage_classes.values() if each.expandable)
            message = f"the {volume.what} of {volume.name} cannot grow: {known.name} is not expandable"
            fix = f"Write one of {', '.join(fitting)}." if fitting else "Declare a class that is `expandable: true`."
            yield Violation(message, fix, (*volume.path[:-3], "storageClassName"), manifest=name)
