"""Options that commands share, and what they turn into."""

from __future__ import annotations

import datetime
import fnmatch
import os
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

from pggitops.errors import CannotGoOn
from pggitops.findings import Finding, Place, Severity, State, did_you_mean

if TYPE_CHECKING:
    from pggitops.pipeline import Built
    from pggitops.placing import Context

_F = TypeVar("_F", bound=Callable[..., Any])

FORMATS = ("text", "json", "sarif", "junit", "github", "gitlab", "markdown")


def root(command: _F) -> _F:
    """`--root`: the repository; else the nearest parent with `environments/`."""
    return click.option(
        "--root", metavar="DIR", help="The repository's root. [default: the nearest parent with environments/]"
    )(command)


def output_format(*formats: str) -> Callable[[_F], _F]:
    """`--format`, of those a command has."""
    return click.option(
        "--format",
        "output_format",
        type=click.Choice(formats),
        default="text",
        show_default=True,
        help="Output format.",
    )


def reports(command: _F) -> _F:
    """`--report`: the same run once more, in other formats, each to a file; as pairs of format and file."""
    return click.option(
        "--report",
        "reports",
        metavar="FORMAT=FILE",
        multiple=True,
        callback=lambda context, option, given: distinct([_to_file(one) for one in given]),
        help="Write the report to a file too, in another format. May be repeated.",
    )(command)


def distinct(reports: list[tuple[str, str]]) -> list[tuple[str, str]]:
    """Pairs of format and file; CannotGoOn where one file would hold two reports."""
    seen = set[str]()
    for _, file in reports:
        if os.path.realpath(file) in seen:
            raise CannotGoOn(f"two reports are to be written to {file}", "Give each a file of its own.")
        seen.add(os.path.realpath(file))
    return reports


def _to_file(given: str) -> tuple[str, str]:
    name, _, file = given.partition("=")
    if name not in FORMATS:
        raise CannotGoOn(
            f'there is no format "{name}"{did_you_mean(name, FORMATS)}', f"There are: {', '.join(FORMATS)}."
        )
    if not file:
        raise CannotGoOn(f"--report {given} names no file", f"Write it as {name}=FILE.")
    return name, file


def fail_on(command: _F) -> _F:
    """`--fail-on`: the severity from which findings make the command fail."""
    return click.option(
        "--fail-on",
        type=click.Choice(["error", "warning", "info", "never"]),
        default="error",
        show_default=True,
        help="Exit with 1 for findings from this severity on.",
    )(command)


def kubeconform(command: _F) -> _F:
    """`--kubeconform`: whether the second opinion is asked."""
    return click.option(
        "--kubeconform",
        "second_opinion",
        type=click.Choice(["auto", "always", "never"]),
        default="auto",
        show_default=True,
        help="Let kubeconform judge the manifests too; auto: where CI=true.",
    )(command)


def asks_kubeconform(mode: str, environ: Mapping[str, str]) -> bool:
    """Whether to ask, by mode: `always`, `never` or `auto`, which is where the environment says `CI=true`."""
    return mode == "always" or (mode == "auto" and environ.get("CI") == "true")


def today(command: _F) -> _F:
    """`--today`: the day by which waivers expire."""
    return click.option("--today", metavar="DATE", help="Judge dates as of this day. [default: today]")(command)


def day(text: str | None) -> datetime.date:
    """The day meant by `--today`."""
    if text is None:
        return datetime.date.today()
    try:
        return datetime.date.fromisoformat(text)
    except ValueError as error:
        raise CannotGoOn(f'"{text}" is no day', "Write it as YYYY-MM-DD.") from error


def baseline(command: _F) -> _F:
    """`--baseline`: what is known and stops nothing."""
    return click.option(
        "--baseline", metavar="FILE", help="Let findings stop nothing that stand in this file (check --write-baseline)."
    )(command)


def judging(command: _F) -> _F:
    """The environments, and the options of every command that judges them."""
    for option in (root, today, baseline, kubeconform, fail_on, reports, output_format(*FORMATS)):
        command = option(command)
    return click.argument("environments", nargs=-1, metavar="[ENV]...")(command)


def find_root(given: str | None) -> Path:
    """The repository's root."""
    if given is not None:
        path = Path(given)
        if not (path / "environments").is_dir():
            raise CannotGoOn(f"{given} has no folder environments/", "Run `pggitops init` there, or correct --root.")
        return path.resolve()
    try:
        here = Path.cwd()
    except FileNotFoundError as error:
        raise CannotGoOn("the current folder is no more", "Go to the repository, or name it with --root.") from error
    for folder in (here, *here.parents):
        if (folder / "environments").is_dir():
            return folder
    raise CannotGoOn(
        f"neither {here} nor a folder above it has environments/",
        "Run `pggitops init` to begin here, or name the repository with --root.",
    )


def repository(given: str | None) -> Path | None:
    """The repository's root, if there is one here."""
    try:
        return find_root(given)
    except CannotGoOn:
        if given is not None:
            raise
        return None


def selected(names: Sequence[str], patterns: Sequence[str]) -> list[str]:
    """The environments meant by names and globs, in the fleet's order; all of them where none is named."""
    if not patterns:
        return list(names)
    wanted: set[str] = set()
    for pattern in patterns:
        found = fnmatch.filter(names, pattern.rstrip("/").removeprefix("environments/"))
        if not found:
            known = ", ".join(names[:12]) + (", …" if len(names) > 12 else "")
            hint = did_you_mean(pattern, names)
            raise CannotGoOn(f'there is no environment "{pattern}"{hint}', f"There are: {known or 'none yet'}.")
        wanted.update(found)
    return [name for name in names if name in wanted]


def modelled(prepared: Built | Context) -> Context:
    """An environment that can be rendered. CannotGoOn where it has problems, or is removed."""
    from pggitops.output.report import counted
    from pggitops.pipeline import Built

    if not isinstance(prepared, Built):
        return prepared
    if prepared.removed:
        raise CannotGoOn(
            f"{prepared.name} is removed", "Its environment.yaml is a `kind: Removed`: nothing is left of it."
        )
    problems = counted(len(prepared.findings), "problem")
    raise CannotGoOn(f"{prepared.name} has {problems}", f"Run `pggitops check {prepared.name}`.")


def exit_code(findings: list[Finding], threshold: str) -> int:
    """The exit code for these findings: 1 for an open one from the threshold on, 2 where a policy failed."""
    from pggitops.defects import any_failed

    if any_failed(findings):
        return 2
    return int(fails([finding.severity for finding in findings if finding.state is State.OPEN], threshold))


def fails(severities: Sequence[int], threshold: str) -> bool:
    """Whether open findings of these severities make the command fail."""
    return threshold != "never" and any(severity >= Severity.parse(threshold) for severity in severities)


def of_the_repository(root: Path) -> list[Finding]:
    """Warnings about what lies beside the environments: editor schemas of another version, code owners to fill in."""
    return [*_stale_schemas(root), *_unnamed_owners(root)]


def _stale_schemas(root: Path) -> list[Finding]:
    folder = root / "schemas"
    if not folder.is_dir():
        return []
    from pggitops.vocabulary import stale

    message, fix = "editors check against another version of the overlay's words", "Run `pggitops schema`."
    return [Finding("schema-stale", Severity.WARNING, message, fix, Place(f"schemas/{name}")) for name in stale(folder)]


CODE_OWNERS = (".github/CODEOWNERS", ".gitlab/CODEOWNERS", "CODEOWNERS", "docs/CODEOWNERS")
"""Where the forges look for it."""


def _unnamed_owners(root: Path) -> Iterator[Finding]:
    """One for each placeholder, at the first line that has it: the forge passes over an owner that it does not know."""
    from pggitops.placeholders import in_text

    for name in CODE_OWNERS:
        if not (root / name).is_file():
            continue
        try:
            text = (root / name).read_text(encoding="utf-8")
        except (OSError, UnicodeDecodeError):
            continue
        for line, column, violation in in_text(text):
            place = Place(name, line, column)
            yield Finding("placeholder-left", Severity.WARNING, violation.message, violation.fix, place)


def say(text: str) -> None:
    """Talk on standard error: what is not the result."""
    sys.stderr.write(text + "\n")
