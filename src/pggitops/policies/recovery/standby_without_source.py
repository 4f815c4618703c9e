"""A standby is told neither whom to stream from nor which repository to replay.

## Why

The operator refuses it: without `host` and `repo` it reconciles nothing of the cluster, and says so in an event only
(`Validate` of its `perconapgcluster_types.go`, 3.0.0). `of` compares, it does not connect.

## How to fix

Add `repo: repo1`, the repository of this cluster that holds the primary's backups, or `host`, or both.
"""

from collections.abc import Iterator

from pggitops.findings import Severity, Violation
from pggitops.model import Cluster
from pggitops.policies import Facts

severity = Severity.ERROR
about = {"words": ("standby", "patch")}


def check_cluster(facts: Facts, cluster: Cluster) -> Iterator[Violation]:
    name, manifest = facts.resource(cluster)
    standby = manifest.document["spec"].get("standby") or {}
    if not standby.get("enabled") or standby.get("host") or standby.get("repoName"):
        return
    message = "a standby with neither host nor repository: the operator does nothing for this cluster"
    fix = "Add `repo: repo1`, or `host`."
    if cluster.standby and cluster.standby.enabled and not cluster.standby.host and not cluster.standby.repo:
        yield Violation(message, fix, ("clusters", cluster.name, "standby"))
    else:
        yield Violation(message, fix, ("spec", "standby"), manifest=name)
