"""What monitoring lives on is switched off.

## Why

With `track_activities` off nobody sees which statements run, block or wait (`pg_stat_activity`). With
`compute_query_id` off, `pg_stat_statements` records nothing although it is loaded (its manual page). Each is
missed only during the incident that needs it.

## How to fix

Remove it; the defaults are on, `compute_query_id: auto` among them.
"""

from collections.abc import Iterator

from pggitops import parameters, preloading
from pggitops.findings import Severity, Violation
from pggitops.model import Cluster
from pggitops.policies import Facts

severity = Severity.WARNING
lenient = Severity.INFO
about = {"parameters": ("track_activities", "compute_query_id")}


def check_cluster(facts: Facts, cluster: Cluster) -> Iterator[Violation]:
    name, resource = facts.resource(cluster)
    own = parameters.of(resource.document)
    if "track_activities" in own and parameters.truth(own["track_activities"]) is False:
        message = "track_activities is off: nobody sees what runs, blocks or waits"
        yield Violation(message, "Remove it.", (*parameters.AT, "track_activities"), manifest=name)
    key = "compute_query_id"
    reads_it = key in own and "pg_stat_statements" in preloading.loaded(resource.document)
    if reads_it and parameters.truth(own[key]) is False:
        message = "compute_query_id is off, so pg_stat_statements records nothing"
        yield Violation(message, "Write `auto`, or remove it.", (*parameters.AT, key), manifest=name)
