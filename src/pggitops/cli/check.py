"""`pggitops check`: what is wrong, and nothing written."""

from __future__ import annotations

import click

from pggitops.cli import options
from pggitops.cli.reporting import judged, open_severities, report


@click.command(name="check")
@options.judging
def command(
    environments: tuple[str, ...],
    output_format: str,
    reports: list[tuple[str, str]],
    fail_on: str,
    second_opinion: str,
    today: str | None,
    root: str | None,
) -> int:
    """Check environments against their schemas and the policies. Names may be globs; none means all."""
    with judged(environments, "checking", root, today, second_opinion) as found:
        found.findings += options.of_the_repository(found.settings.root)
        report("check", found, output_format, reports, {})
        return int(options.fails(open_severities(found.findings), fail_on))
