"""`pggitops plan`: what a change does to the running databases, before it is merged."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click

from pggitops.cli import options
from pggitops.cli.reporting import progress
from pggitops.errors import CannotGoOn
from pggitops.findings import did_you_mean

if TYPE_CHECKING:
    from pggitops.pipeline import Settings
    from pggitops.plan.model import Plan
    from pggitops.plan.opening import Select, Wanted

FORMATS = ("text", "json", "markdown", "sarif", "github", "gitlab")


@click.command(name="plan")
@click.argument("words", nargs=-1, metavar="[BASE[..HEAD]] [ENV]...")
@click.option("--from", "source", metavar="DIR", help="Compare a folder of manifests ...")
@click.option("--to", "to", metavar="DIR", help="... with this one.")
@click.option("--live", metavar="FILE", help="Compare what `kubectl get pg -o yaml` has printed with what is rendered.")
@click.option("--steps", "with_steps", is_flag=True, help="Show the safe way of each dangerous change, step by step.")
@click.option(
    "--fail-on", "fail_on", metavar="EFFECT|RISK", multiple=True, help="Exit with 1 for this effect, or from this risk."
)
@options.output_format(*FORMATS)
@click.option(
    "--report", "reports", metavar="FORMAT=FILE", multiple=True, help="Write the plan to a file too. May be repeated."
)
@options.today
@options.root
def command(
    words: tuple[str, ...],
    source: str | None,
    to: str | None,
    live: str | None,
    with_steps: bool,
    fail_on: tuple[str, ...],
    output_format: str,
    reports: tuple[str, ...],
    today: str | None,
    root: str | None,
) -> int:
    """Say what a change does to running databases, before it is merged: from BASE to the working tree.

    BASE is a git revision; left out, where this branch left the one it is to be merged into. Names of environments may
    be globs; none means all. Exit codes: 0 nothing of --fail-on, 1 something of it or an error, 2 no plan is possible.
    """
    files = options.distinct([_to_file(one) for one in reports])
    _known_thresholds(fail_on)
    _only_one(words, source, to, live)
    plan = _of_folders(source, to, words, today) if source or to else _of_repository(words, live, today, root)
    # what stands in a folder that was named is where its name says, whatever the root
    return _told(plan, output_format, files, with_steps, fail_on, None if source else root)


def _only_one(words: tuple[str, ...], source: str | None, to: str | None, live: str | None) -> None:
    if bool(source) != bool(to):
        raise CannotGoOn(f"--{'from' if source else 'to'} needs --{'to' if source else 'from'}", "Name both folders.")
    if source and live:
        raise CannotGoOn("--live does not go together with --from and --to", "Ask for one of them.")


def _to_file(given: str) -> tuple[str, str]:
    name, _, file = given.partition("=")
    if name not in FORMATS:
        hint = did_you_mean(name, FORMATS)
        raise CannotGoOn(f'there is no format "{name}"{hint}', f"There are: {', '.join(FORMATS)}.")
    if not file:
        raise CannotGoOn(f"--report {given} names no file", f"Write it as {name}=FILE.")
    return name, file


def _known_thresholds(words: Sequence[str]) -> None:
    from pggitops.plan.model import EffectKind, Risk

    known = [*map(str, Risk), *map(str, EffectKind)]
    for word in words:
        if word not in known:
            hint = did_you_mean(word, known)
            raise CannotGoOn(f'--fail-on knows no "{word}"{hint}', f"There are: {', '.join(known)}.")


def _of_folders(source: str | None, to: str | None, words: tuple[str, ...], today: str | None) -> Plan:
    from pggitops.plan import folders

    return folders.planned(Path(source or ""), Path(to or ""), _selecting(words), options.day(today))


def _of_repository(words: tuple[str, ...], live: str | None, today: str | None, root: str | None) -> Plan:
    from pggitops.pipeline import Settings

    settings = Settings(_root(root), options.day(today))
    if live:
        from pggitops.plan import live as living

        return living.planned(settings, live, _selecting(words), lambda length: progress(length, "planning"))
    from pggitops.plan import opening

    asked, names = _split(settings, words)
    return opening.planned(settings, asked, _selecting(names), lambda length: progress(length, "planning"))


def _root(given: str | None) -> Path:
    from pggitops.plan import git

    try:
        return options.find_root(given)
    except CannotGoOn:
        folder = Path(given or ".")
        if folder.is_dir() and git.is_bare(folder):
            fix = "Run it in a clone or a work tree of it (`git worktree add`)."
            raise CannotGoOn(f"{folder.resolve()} is a bare repository, which has no files to plan", fix) from None
        raise


def _split(settings: Settings, words: tuple[str, ...]) -> tuple[Wanted, tuple[str, ...]]:
    """The revisions that were named, and the environments."""
    from pggitops.plan import git, opening

    if not words:
        return opening.Wanted(), ()
    first, *names = words
    if ".." in first:
        return opening.wanted(first), tuple(names)
    named = opening.is_environment(settings.root, first)
    if not named:
        return opening.wanted(first), tuple(names)
    is_plain = not first.startswith("environments/")
    if is_plain and git.knows(git.repository(settings.root), first):
        fix = f"Write `environments/{first}` for the environment, or the commit's id for the revision."
        raise CannotGoOn(f'"{first}" is a revision and an environment', fix)
    return opening.Wanted(), words


def _selecting(patterns: Sequence[str]) -> Select:
    def select(names: Sequence[str]) -> list[str]:
        return options.selected(names, patterns)

    return select


def _told(
    plan: Plan,
    output_format: str,
    files: list[tuple[str, str]],
    with_steps: bool,
    fail_on: tuple[str, ...],
    root: str | None,
) -> int:
    import os

    from pggitops.plan import output, steps
    from pggitops.plan.output.view import View, has_errors, reached

    safe_ways = {name: tuple(steps.lines(way)) for name, way in steps.ways().items()}
    view = View(safe_ways, with_steps, os.path.relpath(root or "."))
    for name, file in files:
        try:
            with open(file, "w", encoding="utf-8") as stream:
                output.write(plan, name, view, stream)
        except OSError as error:
            raise CannotGoOn(f"the report {file} cannot be written: {error.strerror}") from error
    output.write(plan, output_format, view, sys.stdout)
    return int(has_errors(plan) or reached(plan, fail_on))
