"""A repository gets the write-ahead log and never a backup.

## Why

Every repository receives the write-ahead log, and none is of use without a full backup in it: with no schedule the
second repository costs its storage, grows, for expiry comes with backups, and cannot be restored from. The operator
makes a first backup in the first repository only.

## How to fix

Give it a schedule and a retention of its own:

```yaml
repo2: {schedules: {full: 47 3 * * 6}, retention: {full: 4}}
```
"""

from collections.abc import Iterator

from pggitops.findings import Severity, Violation
from pggitops.model import Cluster
from pggitops.policies import Facts
from pggitops.retention import schedules

severity = Severity.WARNING
lenient = Severity.INFO


def check_cluster(facts: Facts, cluster: Cluster) -> Iterator[Violation]:
    follows = cluster.standby is not None and cluster.standby.enabled
    if follows or not cluster.backups.enabled:
        return
    repos = list(cluster.backups.ordered)
    made = [repo.name for repo in repos if schedules(repo)]
    for repo in repos if made else ():
        if repo.name not in made:
            message = f"{repo.name} gets the write-ahead log, and no backup by any schedule"
            fix = "Add `schedules: {full: …}` and `retention`, or remove the repository."
            yield Violation(message, fix, ("clusters", cluster.name, "backups", "repos", repo.name))
