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
        options.today,
    ):
        function = option(function)
    return click.argument("target", metavar="TARGET")(function)


_repo = click.option("--repo", default="", metavar="REPO", help="The repository. [default: the first]")


@command.command()
@_shared
@_repo
@click.option("--type", "kind", type=click.Choice(("full", "differential", "incremental")), default="full")
def backup(target: str, repo: str, kind: str, today: str | None, only_print: bool, root: str | None) -> int:
    """A backup now."""
    from pggitops import operations

    day = options.day(today)

    def make(environment: Environment, cluster: Cluster) -> Operation:
        return operations.backup(environment, cluster, repo, kind, day)

    return _write(root, target, only_print, make, is_dated=True)


@command.command()
@_shared
@_repo
@click.option("--to", "moment", metavar="TIME", help='A point in time: "2026-11-20 12:00:00+00".')
@click.option("--option", "given", metavar="OPTION", multiple=True, help="An option of pgBackRest's restore.")
def restore(
    target: str,
    repo: str,
    moment: str | None,
    given: tuple[str, ...],
    today: str | None,
    only_print: bool,
    root: str | None,
) -> int:
    """A restore in place: what is there now is replaced."""
    from pggitops import operations

    wanted = (["--type=time", f'--target="{moment}"'] if moment else []) + list(given)
    day = options.day(today)

    def make(environment: Environment, cluster: Cluster) -> Operation:
        return operations.restore(environment, cluster, repo, wanted, day)

    return _write(root, target, only_print, make, is_dated=True)


@command.command()
@_shared
@click.option("--to", "instance", default="", metavar="INSTANCE", help="Which one. [default: Patroni chooses]")
def switchover(target: str, instance: str, today: str | None, only_print: bool, root: str | None) -> int:
    """A replica becomes the primary."""
    from pggitops import operations

    now = datetime.datetime.combine(options.day(today), datetime.datetime.now(datetime.UTC).time())

    def make(environment: Environment, cluster: Cluster) -> Operation:
        return operations.switchover(environment, cluster, instance, now)

    return _write(root, target, only_print, make, is_dated=True)


@command.command()
@_shared
def upgrade(target: str, today: str | None, only_print: bool, root: str | None) -> int:
    """The major upgrade that the overlay declares by `upgrade`."""
    from pggitops import operations

    return _write(root, target, only_print, operations.upgrade, is_dated=False)


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
