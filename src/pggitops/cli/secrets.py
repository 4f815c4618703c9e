"""`pggitops secrets`: what must exist before the first sync."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import click

from pggitops.cli import options
from pggitops.errors import CannotGoOn

if TYPE_CHECKING:
    from pggitops.needed_secrets import NeededSecret


@click.command(name="secrets")
@click.argument("environment")
@options.output_format("text", "json")
@options.root
def command(environment: str, output_format: str, root: str | None) -> int:
    """List the Secrets an ENVIRONMENT needs before the first sync: keys, format, who makes them, a command."""
    from pggitops.compose import Sources, environment_names
    from pggitops.needed_secrets import needed
    from pggitops.pipeline import Built, Settings, prepare

    settings = Settings(options.find_root(root))
    (name,) = options.selected(environment_names(settings.root), [environment])
    prepared = prepare(settings, Sources(settings.root), name)
    if isinstance(prepared, Built):
        raise CannotGoOn(f"{name} has {len(prepared.findings)} problems", f"Run `pggitops check {name}`.")
    found = needed(prepared.environment)
    click.echo(_json(found) if output_format == "json" else _text(found), nl=False)
    return 0


def _json(found: list[NeededSecret]) -> str:
    from pggitops.needed_secrets import command

    rows = [
        {
            "name": one.name,
            "namespace": one.namespace,
            "cluster": one.cluster,
            "type": one.type,
            "why": one.why,
            "required": one.required,
            "keys": one.keys,
            "storeKey": one.store_key,
            "command": command(one),
        }
        for one in found
    ]
    return json.dumps({"version": 1, "secrets": rows}, indent=2, ensure_ascii=False) + "\n"


def _text(found: list[NeededSecret]) -> str:
    from pggitops.needed_secrets import command

    lines = []
    for one in found:
        maker = "" if one.required else " (the operator makes it if it is not there)"
        lines.append(f"{one.namespace}/{one.name}: {one.why}{maker}")
        for key, content in one.keys.items():
            lines.append(f"  {key}")
            lines += [f"    {line}" for line in content.splitlines()]
        lines += [f"  in the store: {one.store_key}"] if one.store_key else []
        # not indented: blanks in a text of several lines would become part of it
        lines += [command(one), ""]
    return "\n".join(lines or ["none", ""])
