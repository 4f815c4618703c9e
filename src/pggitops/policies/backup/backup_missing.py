"""A cluster could not be restored: no backups, no full schedule, no retention, or none that survives the cluster.

## Why

The operator accepts a cluster without backups, a repository without schedules and a schedule that never parses (it
only logs that). A repository without retention keeps everything for ever, until its volume is full and archiving
stops. A volume repository goes down with the Kubernetes cluster it protects against.

## How to fix

Give the cluster a repository in an object store with a full schedule of five fields and a retention:

    backups:
      repos:
        repo1:
          s3: {bucket: acme-pg, region: eu-central-1}
          schedules: {full: 17 1 * * 0, differential: 17 1 * * 1-6}
          retention: {full: 5}
"""

from collections.abc import Iterator

from pggitops.cron import problem
from pggitops.findings import Severity, Violation
from pggitops.model import Cluster, Repo, is_lenient
from pggitops.policies import Facts

severity = Severity.ERROR
lenient = Severity.WARNING


def check_cluster(facts: Facts, cluster: Cluster) -> Iterator[Violation]:
    path = ("clusters", cluster.name, "backups")
    repos = cluster.backups.ordered
    if not cluster.backups.enabled:
        yield Violation("backups are off", "Remove `enabled: false`.", (*path, "enabled"))
        return
    if not repos:
        fix = "Add `backups.repos.repo1` with a storage, schedules and a retention."
        yield Violation("there is no backup repository", fix, (*path, "repos"))
        return
    for repo in repos:
        yield from _schedules(path, repo)
    if cluster.standby and cluster.standby.enabled:
        return
    if not any(repo.schedules.full for repo in repos):
        fix = "Add `schedules: {full: 17 1 * * 0}` to a repository."
        yield Violation("no repository has a full backup schedule", fix, (*path, "repos", repos[0].name, "schedules"))
    if not any(repo.is_cloud for repo in repos) and not is_lenient(facts.environment.tier_of(cluster)):
        fix = "Add a repository on S3, GCS or Azure; keep the volume for fast restores if you like."
        yield Violation("every backup lies on a volume of the cluster it protects", fix, (*path, "repos"))


def _schedules(path: tuple[str, ...], repo: Repo) -> Iterator[Violation]:
    own = repo.schedules
    here = (*path, "repos", repo.name)
    for kind, text in (("full", own.full), ("differential", own.differential), ("incremental", own.incremental)):
        reason = problem(text) if text else None
        if reason:
            fix = "Write five fields, minute hour day month weekday: `17 1 * * 0`."
            yield Violation(f'the schedule "{text}" never fires: {reason}', fix, (*here, "schedules", kind))
    if (own.full or own.differential or own.incremental) and repo.retention.full is None:
        fix = "Add `retention: {full: 5}` (backups), or `{full: 30d}` (time)."
        yield Violation(f"{repo.name} keeps every backup for ever", fix, (*here, "retention"))
