"""`pggitops render`: check, then write what differs; `--check` says what would be written and why."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

import click

from pggitops.cli import options
from pggitops.cli.reporting import judged, report

if TYPE_CHECKING:
    from pggitops.findings import Finding
    from pggitops.fleet import Fleet
    from pggitops.operations import Operation
    from pggitops.output.report import Difference


@click.command(name="render")
@click.option("--check", "only_check", is_flag=True, help="Write nothing; exit with 1 if a file is not up to date.")
@click.option("--prune", is_flag=True, help="Remove what environments left behind that are gone.")
@click.option("--fail-on-change", is_flag=True, help="Exit with 1 if a file was written or removed, too.")
@options.judging
def command(
    environments: tuple[str, ...],
    only_check: bool,
    prune: bool,
    fail_on_change: bool,
    output_format: str,
    reports: list[tuple[str, str]],
    fail_on: str,
    second_opinion: str,
    today: str | None,
    baseline: str | None,
    root: str | None,
) -> int:
    """Check environments and write their manifests to rendered/. Names may be globs; none means all.

    An environment is written whole or not at all, and not while it has errors.
    """
    with judged(environments, "rendering", root, today, second_opinion, baseline) as found:
        found.findings += found.waiting
        if only_check:
            return _check(found, not environments, output_format, reports, fail_on)
        code, changed = _write(found, prune, output_format, reports, fail_on)
        return code or int(fail_on_change and changed)


def _check(found: Fleet, whole: bool, output_format: str, reports: Sequence[tuple[str, str]], fail_on: str) -> int:
    found.findings += options.of_the_repository(found.settings.root)
    differences = _differences(found, whole)
    report("render --check", found, output_format, reports, {}, differences)
    is_stale = bool(differences) and fail_on != "never"
    return max(int(is_stale), options.exit_code(found.findings, fail_on))


SHOWN_DIFFS = 200
"""How many files are shown with what differs in them; the others are only named."""


def _differences(found: Fleet, whole: bool) -> tuple[Difference, ...]:
    """Every file that is not up to date, with what differs; outputs that nothing makes any more as one each.

    SHA256SUMS differs with every other file, so it is named only where it is the only one.
    """
    from pggitops import operations, write
    from pggitops.output.report import Difference as Reported

    rendered = found.settings.root / "rendered"
    reported: list[Difference] = []
    for output in sorted(found.spool, key=lambda output: output.name):
        files = [difference for difference in output.differences if difference.kind is not write.Kind.SUMS]
        for one in files or output.differences:
            few = len(reported) < SHOWN_DIFFS
            shown = write.short_diff(rendered, output.name, one.path, output.files) if few else ""
            reported.append(Reported(output.environment, f"rendered/{output.name}/{one.path}", one.kind.value, shown))
    for environment, upgrade in _declared(found):
        if not operations.is_written(found.settings.root, upgrade):
            reported.append(Reported(environment, upgrade.path, "stale"))
    if whole:
        reported += [Reported("", f"rendered/{name}", "removed") for name in found.gone]
        strays = write.strays(rendered, [*found.names, *(name for name, _ in found.outputs())])
        reported += [Reported("", f"rendered/{path}", "unexpected") for path in strays]
    return tuple(reported)


def _write(
    found: Fleet, prune: bool, output_format: str, reports: Sequence[tuple[str, str]], fail_on: str
) -> tuple[int, bool]:
    """Write; the exit code, and whether anything on the disk was changed."""
    from pggitops import operations
    from pggitops.fleet import store

    gone = list(_gone(found, prune))
    written = store(found, prune)
    found.findings += [*_left(written.foreign, written.blocked), *gone]
    for _, upgrade in _declared(found):
        if not operations.is_written(found.settings.root, upgrade):
            operations.write(found.settings.root, upgrade, is_dated=False)
            written.written += 1
    outputs = list(found.outputs())
    stopped = [name for name, environment in outputs if found.stopped & {name, environment}]
    summary = {
        "objects": found.total,
        "written": written.written,
        "removed": written.removed,
        "outputs": len(outputs) - len(stopped),
        "stopped": len(found.stopped & {*found.names, *(name for name, _ in outputs)}),
    }
    report("render", found, output_format, reports, summary)
    code = max(int(bool(written.blocked)), options.exit_code(found.findings, fail_on))
    return code, bool(written.written or written.removed)


def _declared(found: Fleet) -> Iterator[tuple[str, Operation]]:
    """The upgrades that the overlays declare, which are written beside `rendered/` for a person to apply."""
    upgrading = [one for one in found.summaries if one.upgrades and one.name in found.names]
    if not upgrading:
        return
    from pggitops import operations
    from pggitops.compose import Sources
    from pggitops.pipeline import Built, prepare

    for summary in upgrading:
        prepared = prepare(found.settings, Sources(found.settings.root), summary.name)
        if not isinstance(prepared, Built) and summary.name not in found.stopped:
            for name in summary.upgrades:
                yield summary.name, operations.upgrade(prepared.environment, prepared.environment.clusters[name])


def _left(foreign: list[str], blocked: list[str]) -> list[Finding]:
    """What lies in `rendered/` and is not ours to touch."""
    from pggitops.findings import Finding, Place, Severity

    findings = []
    for path in foreign:
        place = Place(f"rendered/{path}")
        if path in blocked:
            message, fix = "a file that pggitops does not own stands where one is to be written", "Move it away."
            findings.append(
                Finding("output-blocked", Severity.ERROR, message, fix, place, environment=path.split("/")[0])
            )
        else:
            message, fix = "this file is not made by pggitops", "Move it to manifests/ or remove it."
            findings.append(Finding("output-unexpected", Severity.WARNING, message, fix, place))
    return findings


def _gone(found: Fleet, prune: bool) -> Iterator[Finding]:
    """What nothing makes any more and waits for --prune, or leaves something to do by hand."""
    from pggitops import moving
    from pggitops.findings import Finding, Place, Severity

    for name in found.gone:
        place = Place(f"rendered/{name}")
        moved = moving.by_hand(found.settings.root / "rendered", name, found.summaries, prune)
        if moved:
            yield Finding("output-moved", Severity.INFO if prune else Severity.WARNING, *moved, place)
        elif not prune:
            message = "nothing makes this output any more"
            fix = "Run `pggitops render --prune` to remove its files, once nothing of it runs."
            yield Finding("output-left-over", Severity.WARNING, message, fix, place)
