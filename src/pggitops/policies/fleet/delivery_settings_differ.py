"""Environments that one engine reads say different things of it.

## Why

One instance of Argo CD or Flux reads one folder of one branch of one repository, which a person told it once. An
environment that names another namespace, repository or revision would be delivered from the first one's place
nevertheless.

## How to fix

Put `delivery` into a base that all of them list. Where there really are several engines, give each a name:
`delivery: {instance: production}`.
"""

from collections.abc import Iterator, Sequence

from pggitops.findings import Severity, Violation
from pggitops.model import Delivery, EnvironmentSummary
from pggitops.parts.engines import delivery_folder
from pggitops.policies import FleetViolation
from pggitops.revisions import not_followed

severity = Severity.ERROR


def check_fleet(summaries: Sequence[EnvironmentSummary]) -> Iterator[FleetViolation]:
    first: dict[str, EnvironmentSummary] = {}
    ways: dict[tuple[str, str], EnvironmentSummary] = {}
    for summary in summaries:
        if summary.delivery.engine == "none":
            continue
        folder = delivery_folder(summary.delivery, summary.target)
        other = first.setdefault(folder, summary)
        yield from _differing(summary, other, _settings(summary.delivery), _settings(other.delivery))
        same = ways.setdefault((folder, summary.target), summary)
        mine, theirs = ({"kubeConfig": one.delivery.kube_config} for one in (summary, same))
        yield from _differing(summary, same, mine, theirs)


def _settings(delivery: Delivery) -> dict[str, str | None]:
    return {
        "namespace": delivery.namespace,
        "repository": delivery.repository,
        "revision": delivery.revision,
        "path": delivery.path,
        "secret": delivery.secret,
    }


def _differing(
    summary: EnvironmentSummary,
    other: EnvironmentSummary,
    mine: dict[str, str | None],
    theirs: dict[str, str | None],
) -> Iterator[FleetViolation]:
    for word, value in mine.items():
        # a revision that no merge moves is a finding by itself, wherever it stands
        is_told = word == "revision" and any(not_followed(one.delivery) for one in (summary, other))
        if value != theirs[word] and not is_told:
            here, there = (f'"{said}"' if said else "not said" for said in (value, theirs[word]))
            message = f"`{word}` is {here} here and {there} in {other.name}, of the same engine"
            fix = f"Say what {other.name} says, or name another engine with `delivery.instance`."
            yield FleetViolation(summary.name, Violation(message, fix, ("delivery", word)), (other.name,))
