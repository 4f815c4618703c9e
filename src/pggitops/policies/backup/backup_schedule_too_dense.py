"""Backups are scheduled more often than one takes.

## Why

Backups of a cluster wait for each other. If the next one is due before the last is done, the queue grows for ever,
reading and network are busy all day, and expired backups are removed later and later. A full backup reads the whole
volume, at some 100 MiB a second and process; a partial one takes minutes at least, of a large database more.

## How to fix

Make full backups more seldom and differential ones in between, give pgBackRest more processes
(`options: {process-max: "4"}`), or set what your storage reads: `policies: {backup-schedule-too-dense: {rate: 250Mi}}`.
For a smaller loss after a disaster it needs no denser schedule: the write-ahead log is archived all the time.
"""

from collections.abc import Iterator

from pggitops.findings import Severity, Violation
from pggitops.model import Cluster
from pggitops.policies import Facts
from pggitops.retention import data_bytes, in_gib, schedules
from pggitops.units import quantity

severity = Severity.WARNING
settings = {"rate": "100Mi"}
SHORTEST = 10


def check_cluster(facts: Facts, cluster: Cluster) -> Iterator[Violation]:
    for repo in cluster.backups.ordered:
        for kind, text, fires in schedules(repo):
            gap, needed = fires.shortest_minutes, SHORTEST
            why = "hardly one is done by then"
            if kind == "full" and gap < 1440 * 7:
                size = data_bytes(cluster)
                rate = quantity(facts.setting("backup-schedule-too-dense", "rate")) * _processes(cluster)
                needed = max(needed, int(size / rate / 60))
                why = f"reading {in_gib(size)} takes about {needed} minutes"
            if gap < needed:
                article = "an" if kind == "incremental" else "a"
                message = f'"{text}" makes {article} {kind} backup every {gap} minutes; {why}'
                path = ("clusters", cluster.name, "backups", "repos", repo.name, "schedules", kind)
                yield Violation(message, f"Leave at least {needed} minutes between two.", path)


def _processes(cluster: Cluster) -> int:
    written = cluster.backups.options.get("process-max", "1")
    return max(int(written), 1) if written.isdecimal() else 1
