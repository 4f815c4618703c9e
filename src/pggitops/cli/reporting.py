"""What commands that judge the fleet share: progress while it runs, the report after it, the exit code."""

from __future__ import annotations

import contextlib
import os
import sys
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING

from pggitops.errors import CannotGoOn
from pggitops.findings import Finding

if TYPE_CHECKING:
    from pggitops.fleet import Fleet
    from pggitops.output import Difference, PolicyInfo, Report
    from pggitops.own_policies import OwnPolicies

PROGRESS_FROM = 50


@contextlib.contextmanager
def progress(length: int, what: str) -> Iterator[Callable[[], None]]:
    """A bar on standard error that the yielded function moves on; nothing where nobody looks, or for short work."""
    if length < PROGRESS_FROM or not sys.stderr.isatty():
        yield lambda: None
        return
    import click

    with click.progressbar(length=length, label=what, file=sys.stderr) as bar:
        yield lambda: bar.update(1)


@contextlib.contextmanager
def judged(
    environments: tuple[str, ...],
    what: str,
    root: str | None,
    today: str | None,
    second_opinion: str,
    known: str | None,
) -> Iterator[Fleet]:
    """The fleet with the named environments built and judged, by kubeconform too where asked; its spool is open.

    `known` is the file of the baseline.
    """
    from pggitops import baseline, fleet
    from pggitops.cli import options
    from pggitops.compose import environment_names
    from pggitops.pipeline import Settings

    top = options.find_root(root)
    settings = Settings(top, options.day(today), baseline.load(known, top) if known else baseline.Baseline())
    every = environment_names(settings.root)
    names = options.selected(every, environments)
    with fleet.spool() as spool:
        with progress(len(names), what) as step:
            found = fleet.run(settings, names, every, spool, step)
        if options.asks_kubeconform(second_opinion, os.environ):
            from pggitops.second_opinion import judge

            opinion = judge(found)
            found.findings += opinion
            found.stopped |= {finding.environment for finding in opinion}
        if known:
            found.findings += _outdated(found, every)
        yield found


def _outdated(found: Fleet, every: Sequence[str]) -> Iterator[Finding]:
    """What the baseline says that is not so: policies that there are not, findings that are no longer there."""
    from pggitops import baseline

    settings = found.settings
    known = policy_ids(settings.own)
    yield from baseline.unknown(settings.baseline, known, settings.root)
    judged = baseline_judged(found) | (settings.baseline.entries.keys() - {*every, ""})
    yield from baseline.gone(settings.baseline, list(found.findings), judged, baseline_unsure(found), settings.root)


def policy_ids(own: OwnPolicies) -> frozenset[str]:
    """The ids of the policies there are."""
    from pggitops.policies import ids

    return ids() | {policy.id for policy in own.catalogue}


def baseline_judged(found: Fleet) -> set[str]:
    """The environments of the run that the policies have seen: nothing kept them from being rendered."""
    known = policy_ids(found.settings.own)
    stopped = {finding.environment for finding in found.findings if finding.stops and finding.policy not in known}
    return {*found.names} - found.unread - stopped


def baseline_unsure(found: Fleet) -> frozenset[str]:
    """The policies between environments, while one of these cannot be read."""
    from pggitops.policies import between_environments

    return between_environments() if found.unread else frozenset()


def report(
    command: str,
    fleet: Fleet,
    output_format: str,
    reports: Sequence[tuple[str, str]],
    summary: Mapping[str, int | str],
    differences: tuple[Difference, ...] = (),
) -> None:
    """Write the run's report to the files asked for, each in its format, and to standard output."""
    from pggitops.output import Report

    formats = {output_format, *(name for name, _ in reports)}
    said = Report(
        command,
        len(fleet.names),
        tuple(fleet.findings),
        summary,
        differences,
        fleet.names if "junit" in formats else (),
        policy_infos(fleet.settings.own) if formats & {"sarif", "junit"} else {},
        os.path.relpath(fleet.settings.root),
        time.perf_counter() - fleet.began,
    )
    write_reports(said, output_format, reports)


def write_reports(said: Report, output_format: str, reports: Sequence[tuple[str, str]]) -> None:
    """Write a report to the files asked for, each in its format, and to standard output."""
    from pggitops import output

    for name, file in reports:
        try:
            with open(file, "w", encoding="utf-8") as stream:
                output.write(said, name, stream)
        except OSError as error:
            raise CannotGoOn(f"the report {file} cannot be written: {error.strerror}") from error
    output.write(said, output_format, sys.stdout)


def policy_infos(own: OwnPolicies) -> dict[str, PolicyInfo]:
    """The catalogue as reports tell it."""
    from pggitops.output import PolicyInfo
    from pggitops.policies import catalogue

    return {
        policy.id: PolicyInfo(policy.id, policy.summary, policy.page, policy.family, policy.severity)
        for policy in (*catalogue(), *own.catalogue)
    }
