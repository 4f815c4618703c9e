"""The command line: a table of commands, each in a module of its own that is imported when it is used."""

from __future__ import annotations

import importlib
from typing import Any

import click

from pggitops.errors import CannotGoOn

COMMANDS = {
    "init": "Write bases, a first environment, editor schemas and CI files.",
    "check": "Check the environments: schema and policies.",
    "render": "Check, then write the manifests to rendered/.",
    "plan": "Say what a change does to the running databases.",
    "explain": "Show a composed environment, or where a value comes from.",
    "connect": "Tell how an application reaches a cluster.",
    "reach": "Show who reaches what by which NetworkPolicy, and what goes out.",
    "secrets": "List the Secrets an environment needs before the first sync.",
    "operation": "Write a backup, restore, switchover or upgrade for a person to apply.",
    "policies": "List the policies, or show one policy's page.",
    "waivers": "List the waivers, with their owners and days left.",
    "crds": "Keep the operator's CRDs in the repository.",
    "schema": "Write the editor schemas, or add the schema of a CRD.",
}
"""Command to help line; here, and not in the modules, so that `--help` imports none of them."""


class _Commands(click.Group):
    """The commands, imported one by one."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in COMMANDS:
            return None
        command: click.Command = importlib.import_module(f"pggitops.cli.{cmd_name}").command
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        with formatter.section("Commands"):
            formatter.write_dl(list(COMMANDS.items()))

    def resolve_command(self, ctx: click.Context, args: list[str]) -> Any:
        if args and args[0] not in COMMANDS and not args[0].startswith("-"):
            from pggitops.findings import did_you_mean

            ctx.fail(f'there is no command "{args[0]}"{did_you_mean(args[0], COMMANDS)}')
        return super().resolve_command(ctx, args)


@click.group(cls=_Commands, context_settings={"help_option_names": ["-h", "--help"]})
@click.option("-V", "--version", is_flag=True, help="Show the version and exit.", expose_value=False, is_eager=True)
def commands() -> None:
    """The gate for GitOps of PostgreSQL on Kubernetes: check overlays, render manifests.

    Exit codes: 0 clean, 1 findings or stale output, 2 wrong use or the tool cannot go on.
    """


def run(arguments: list[str]) -> int:
    """Run a command line; its exit code. CannotGoOn where the tool cannot."""
    try:
        result = commands.main(arguments, prog_name="pggitops", standalone_mode=False)
    except click.exceptions.Abort as error:
        raise KeyboardInterrupt from error
    except click.exceptions.Exit as error:
        return error.exit_code
    except click.UsageError as error:
        # a group without a command tells which there are; click before 8.2 has no such exception, and does so by itself
        if isinstance(error, getattr(click.exceptions, "NoArgsIsHelpError", ())):
            click.echo(error.message, err=True)
            return error.exit_code
        where = f"See `{error.ctx.command_path} --help`." if error.ctx else ""
        raise CannotGoOn(error.format_message(), where) from error
    return int(result or 0)
