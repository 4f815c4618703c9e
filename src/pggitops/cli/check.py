"""`pggitops check`: what is wrong, and nothing written."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import click

from pggitops.cli import options
from pggitops.cli.reporting import baseline_judged, baseline_unsure, judged, policy_ids, report
from pggitops.errors import CannotGoOn

if TYPE_CHECKING:
    from pggitops.baseline import Key
    from pggitops.findings import Finding
    from pggitops.fleet import Fleet


@click.command(name="check")
@click.option("--write-baseline", metavar="FILE", help="Write what the policies find to this file, and let it pass.")
@click.option("--manifests", is_flag=True, help="Judge manifests instead: files, folders, or - for standard input.")
@click.option("--operator-version", metavar="VERSION", help="With --manifests: the operator's. [default: crVersion]")
@click.option("--tier", metavar="TIER", help="With --manifests: what they are judged as. [default: production]")
@options.judging
def command(
    environments: tuple[str, ...],
    write_baseline: str | None,
    manifests: bool,
    operator_version: str | None,
    tier: str | None,
    output_format: str,
    reports: list[tuple[str, str]],
    fail_on: str,
    second_opinion: str,
    today: str | None,
    baseline: str | None,
    root: str | None,
) -> int:
    """Check environments against their schemas and the policies. Names may be globs; none means all.

    With --manifests, check manifests that pggitops did not render: `kustomize build . | pggitops check --manifests -`.
    """
    if manifests:
        _refuse(
            ("--baseline", baseline), ("--write-baseline", write_baseline), ("--kubeconform", _asked(second_opinion))
        )
        judged_as = (operator_version, tier or "production", root, today)
        return _check_manifests(environments, judged_as, output_format, reports, fail_on)
    if operator_version:
        raise CannotGoOn("--operator-version is for --manifests", "An environment says it: `operator: {version: …}`.")
    if tier:
        raise CannotGoOn("--tier is for --manifests", f"An environment says it: `tier: {tier}`.")
    with judged(environments, "checking", root, today, second_opinion, baseline) as found:
        if write_baseline:
            _write_baseline(found, write_baseline)
        found.findings += options.of_the_repository(found.settings.root)
        report("check", found, output_format, reports, {})
        return options.exit_code(found.findings, fail_on)


def _asked(second_opinion: str) -> str | None:
    return second_opinion if second_opinion == "always" else None


def _refuse(*given: tuple[str, str | None]) -> None:
    for option, value in given:
        if value:
            raise CannotGoOn(f"{option} does not go with --manifests", "Leave it out.")


def _check_manifests(
    paths: tuple[str, ...],
    judged_as: tuple[str | None, str, str | None, str | None],
    output_format: str,
    reports: list[tuple[str, str]],
    fail_on: str,
) -> int:
    """Judge what nobody rendered, as of an operator, a tier, a repository and a day; the exit code."""
    from pggitops import own_policies, unrendered
    from pggitops.cli.reporting import policy_infos, write_reports
    from pggitops.findings import order
    from pggitops.output import Report

    if not paths:
        raise CannotGoOn("--manifests names nothing to judge", "Name files or folders, or - for standard input.")
    read = unrendered.read(paths)
    operator_version, tier, given, today = judged_as
    root = options.repository(given)
    own = own_policies.load(root) if root else own_policies.OwnPolicies()
    by = unrendered.JudgedAs(root, options.day(today), operator_version, tier, own)
    judged = unrendered.judge(read, by)
    summary: dict[str, int | str] = {"PerconaPGCluster": judged.clusters, "not judged": judged.said}
    if judged.unknown_kinds:
        kinds = ", ".join(f"{kind} ({count})" for kind, count in sorted(judged.unknown_kinds.items()))
        summary["kinds without a schema"] = kinds
    if read.passed_over:
        summary["documents that are no objects"] = read.passed_over
    infos = {name: info for name, info in policy_infos(own).items() if name not in judged.not_judged}
    findings = sorted(judged.findings, key=order)
    names = tuple(judged.namespaces)
    said = Report("check", len(read.objects), tuple(findings), summary, (), names, infos, noun="object")
    write_reports(said, output_format, reports)
    return options.exit_code(findings, fail_on)


def _write_baseline(found: Fleet, file: str) -> None:
    """Write what the policies have found, and mark it; entries of environments they have not seen stay."""
    from dataclasses import replace

    from pggitops import baseline
    from pggitops.findings import State, order

    known = policy_ids(found.settings.own)
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
