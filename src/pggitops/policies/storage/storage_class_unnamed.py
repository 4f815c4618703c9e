"""A production database takes whatever storage class is the default one.

## Why

The default class of a Kubernetes cluster is one word in an annotation that somebody else may change. The class of a
volume cannot be changed later: a new replica then has another disk than its primary, and nobody has asked for it.

## How to fix

Name one of the target's classes, best in the target's base: `defaults: {instances: {storageClass: premium-rwo}}`.
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
    bare = [volume for volume in volumes.distinct(resource.document) if volume.storage_class is None]
    if bare:
        first = bare[0]
        others = f", nor do {len(bare) - 1} other volumes" if len(bare) > 1 else ""
        message = f"the {first.what} of {first.name} names no storage class{others}"
        fix = f"Write `storageClass`: {target.name} has {', '.join(sorted(target.storage_classes))}."
        yield Violation(message, fix, first.path[:-3], manifest=name)
