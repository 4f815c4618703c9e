"""`pggitops check`: what is wrong, and nothing written."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import click

from pggitops.cli import options
from pggitops.cli.reporting import baseline_judged, baseline_unsure, judged, open_severities, policy_ids, report

if TYPE_CHECKING:
    from pggitops.baseline import Key
    from pggitops.findings import Finding
    from pggitops.fleet import Fleet


@click.command(name="check")
@click.option("--write-baseline", metavar="FILE", help="Write what the policies find to this file, and let it pass.")
@options.judging
def command(
    environments: tuple[str, ...],
    write_baseline: str | None,
    output_format: str,
    reports: list[tuple[str, str]],
    fail_on: str,
    second_opinion: str,
    today: str | None,
    baseline: str | None,
    root: str | None,
) -> int:
    """Check environments against their schemas and the policies. Names may be globs; none means all."""
    with judged(environments, "checking", root, today, second_opinion, baseline) as found:
        if write_baseline:
            _write_baseline(found, write_baseline)
        found.findings += options.of_the_repository(found.settings.root)
        report("check", found, output_format, reports, {})
        return int(options.fails(open_severities(found.findings), fail_on))


def _write_baseline(found: Fleet, file: str) -> None:
    """Write what the policies have found, and mark it; entries of environments they have not seen stay."""
    from dataclasses import replace

    from pggitops import baseline
    from pggitops.findings import State, order

    known = policy_ids()
    unwaivable = {summary.name: summary.waiver_rules.unwaivable for summary in found.summaries}
    own: list[Finding] = []
    others: list[Finding] = []
    for finding in found.findings:
        may = finding.policy in known and finding.state is not State.WAIVED
        is_in = may and finding.policy not in unwaivable.get(finding.environment, ())
        (own if is_in else others).append(replace(finding, state=State.BASELINE) if is_in else finding)
    others = [finding for finding in others if finding.policy != "baseline-unused"]
    count = baseline.write(file, own, _kept(found, file))
    options.say(f"wrote {file}: {count} finding{'' if count == 1 else 's'}")
    found.findings = sorted([*own, *others], key=order)


def _kept(found: Fleet, file: str) -> Iterator[tuple[Key, int]]:
    """The entries of a baseline that lies there already, of environments that this run has not judged."""
    from pggitops import baseline

    if not Path(file).exists():
        return
    there = baseline.load(file, found.settings.root)
    gone = {*there.entries} - {summary.name for summary in found.summaries} - found.unread - {*found.names}
    judged, unsure = baseline_judged(found), baseline_unsure(found)
    said = {baseline.key_of(finding) for finding in found.findings}
    for name in there.entries.keys() - gone:
        for key, count in there.entries[name].items():
            if name not in judged or (key[0] in unsure and key not in said):
                yield key, count
