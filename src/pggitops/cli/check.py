"""`pggitops check`: what is wrong, and nothing written."""

from __future__ import annotations

import os

import click

from pggitops.cli import options
from pggitops.cli.reporting import open_severities, progress, report


@click.command(name="check")
@click.argument("environments", nargs=-1, metavar="[ENV]...")
@options.output_format(*options.FORMATS)
@options.fail_on
@options.kubeconform
@options.today
@options.root
def command(
    environments: tuple[str, ...],
    output_format: str,
    fail_on: str,
    second_opinion: str,
    today: str | None,
    root: str | None,
) -> int:
    """Check environments against their schemas and the policies. Names may be globs; none means all."""
    from pggitops import fleet, kubeconform
    from pggitops.compose import environment_names
    from pggitops.pipeline import Settings

    settings = Settings(options.find_root(root), options.day(today))
    every = environment_names(settings.root)
    names = options.selected(every, environments)
    with fleet.spool() as spool:
        with progress(len(names), "checking") as step:
            found = fleet.run(settings, names, every, spool, step)
        if kubeconform.wanted(second_opinion, os.environ):
            from pggitops.second_opinion import judge

            found.findings += judge(found)
    found.findings += options.stale_schemas(settings.root)
    report("check", found, output_format, {})
    return int(options.fails(open_severities(found.findings), fail_on))
