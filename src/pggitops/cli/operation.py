"""`pggitops operation`: write a backup, restore, switchover or upgrade as a file that a person applies."""

from __future__ import annotations

import datetime
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, TypeVar

import click

from pggitops.cli import options
from pggitops.errors import CannotGoOn

if TYPE_CHECKING:
    from pathlib import Path

    from pggitops.model import Cluster, Environment
    from pggitops.operations import Operation

_F = TypeVar("_F", bound=Callable[..., Any])


@click.group(name="operation")
def command() -> None:
    """Write a one-shot operation to operations/ENV/, outside every synced path; a person applies it.

    TARGET is a cluster: ENV/CLUSTER.
    """


def _shared(function: _F) -> _F:
    """The cluster, and the options of every operation."""
    for option in (
        options.root,
        click.option("--print", "only_print", is_flag=True, help="Print the file instead of writing it."),
    ):
        function = option(function)
    return click.argument("target", metavar="TARGET")(function)


_at = click.option(
    "--at", metavar="TIME", help='When it is done, in UTC, by which it is named: "2026-11-20 12:00". [default: now]'
)
_repo = click.option("--repo", default="", metavar="REPO", help="The repository. [default: the first]")


@command.command()
@_shared
@_at
@_repo
@click.option("--type", "kind", type=click.Choice(("full", "differential", "incremental")), default="full")
def backup(target: str, repo: str, kind: str, at: str | None, only_print: bool, root: str | None) -> int:
    """A backup now."""
    from pggitops import operations

    moment = _moment(at)

    def make(environment: Environment, cluster: Cluster) -> Operation:
        return operations.backup(environment, cluster, repo, kind, moment)

    return _write(root, target, only_print, make, is_dated=True)


@command.command()
@_shared
@_at
@_repo
@click.option("--to", metavar="TIME", help='A point in time: "2026-11-20 12:00:00+00".')
@click.option("--option", "given", metavar="OPTION", multiple=True, help="An option of pgBackRest's restore.")
def restore(
    target: str,
    repo: str,
    to: str | None,
    given: tuple[str, ...],
    at: str | None,
    only_print: bool,
    root: str | None,
) -> int:
    """A restore in place: what is there now is replaced."""
    from pggitops import operations

    wanted = (["--type=time", f'--target="{to}"'] if to else []) + list(given)
    moment = _moment(at)

    def make(environment: Environment, cluster: Cluster) -> Operation:
        return operations.restore(environment, cluster, repo, wanted, moment)

    return _write(root, target, only_print, make, is_dated=True)


@command.command()
@_shared
@_at
@click.option("--to", "instance", default="", metavar="INSTANCE", help="Which one. [default: Patroni chooses]")
def switchover(target: str, instance: str, at: str | None, only_print: bool, root: str | None) -> int:
    """A replica becomes the primary."""
    from pggitops import operations

    moment = _moment(at)

    def make(environment: Environment, cluster: Cluster) -> Operation:
        return operations.switchover(environment, cluster, instance, moment)

    return _write(root, target, only_print, make, is_dated=True)


@command.command()
@_shared
def upgrade(target: str, only_print: bool, root: str | None) -> int:
    """The major upgrade that the overlay declares by `upgrade`."""
    from pggitops import operations

    return _write(root, target, only_print, operations.upgrade, is_dated=False)


def _moment(text: str | None) -> datetime.datetime:
    """The moment meant by `--at`, in UTC; one without a zone is in UTC."""
    if text is None:
        return datetime.datetime.now(datetime.UTC)
    try:
        moment = datetime.datetime.fromisoformat(text)
    except ValueError as error:
        raise CannotGoOn(f'"{text}" is no time', 'Write it as "YYYY-MM-DD HH:MM".') from error
    return moment.astimezone(datetime.UTC) if moment.tzinfo else moment.replace(tzinfo=datetime.UTC)


def _write(
    root: str | None,
    target: str,
    only_print: bool,
    make: Callable[[Environment, Cluster], Operation],
    is_dated: bool,
) -> int:
    from pggitops import operations

    folder = options.find_root(root)
    environment, cluster = _found(folder, target)
    operation = make(environment, cluster)
    for problem in operations.problems(operation, environment):
        raise CannotGoOn(f"what would be written is not valid: {problem}", "Correct the overlay.")
    if only_print:
        click.echo(operation.text.decode(), nl=False)
        return 0
    operations.write(folder, operation, is_dated)
    click.echo(f"wrote {operation.path}")
    for title, steps in (("before", operation.before), ("then", (operation.apply,)), ("after", operation.after)):
        for step in steps:
            click.echo(f"  {title}: {step}")
    return 0


def _found(root: Path, target: str) -> tuple[Environment, Cluster]:
    from pggitops.compose import Sources, environment_names
    from pggitops.findings import did_you_mean
    from pggitops.pipeline import Settings, prepare

    name, slash, wanted = target.partition("/")
    if not slash or not wanted:
        raise CannotGoOn(f'"{target}" names no cluster', "Write it as ENV/CLUSTER.")
    names = environment_names(root)
    if name not in names:
        raise CannotGoOn(f'there is no environment "{name}"{did_you_mean(name, names)}', "Correct its name.")
    prepared = options.modelled(prepare(Settings(root), Sources(root), name))
    clusters = prepared.environment.clusters
    if wanted not in clusters:
        hint = did_you_mean(wanted, clusters)
        raise CannotGoOn(f'{name} has no cluster "{wanted}"{hint}', f"It has {', '.join(clusters)}.")
    return prepared.environment, clusters[wanted]
