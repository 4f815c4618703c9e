"""`pggitops secrets`: what must exist before the first sync."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import click

from pggitops.cli import options

if TYPE_CHECKING:
    from pggitops.needed_secrets import Answer


@click.command(name="secrets")
@click.argument("environment")
@options.output_format("text", "json")
@options.root
def command(environment: str, output_format: str, root: str | None) -> int:
    """List the Secrets an ENVIRONMENT needs before the first sync: keys, format, who makes them, a command."""
    from pggitops.compose import Sources, environment_names
    from pggitops.needed_secrets import answers
    from pggitops.passthrough import passed_through
    from pggitops.pipeline import Settings, prepare
    from pggitops.secret_sources import sources

    settings = Settings(options.find_root(root))
    (name,) = options.selected(environment_names(settings.root), [environment])
    prepared = options.modelled(prepare(settings, Sources(settings.root), name))
    ready = passed_through(settings.root, prepared.passthrough, {}, name)
    makers = sources((manifest.path, manifest) for manifest in ready.manifests)
    found = answers(prepared.environment, makers)
    click.echo(_json(found) if output_format == "json" else _text(found), nl=False)
    return 0


def _json(found: list[Answer]) -> str:
    rows = [_row(one) for one in found]
    return json.dumps({"version": 1, "secrets": rows}, indent=2, ensure_ascii=False) + "\n"


def _row(one: Answer) -> dict[str, Any]:
    from pggitops.needed_secrets import content

    secret = one.secret
    return {
        "name": secret.name,
        "namespace": secret.namespace,
        "cluster": secret.cluster,
        "type": secret.type,
        "why": secret.why,
        "required": secret.required,
        "keys": {key: content(lines) for key, lines in secret.keys.items()},
        "maker": one.maker,
        "provider": secret.provider,
        "file": one.file,
        "storeKey": secret.store_key,
        "properties": {value.property: value.what for value in secret.values} if one.to_store else {},
        "command": one.command,
    }


def _text(found: list[Answer]) -> str:
    from pggitops.needed_secrets import content

    lines = []
    for one in found:
        secret = one.secret
        kind = "" if secret.type == "Opaque" else f", of type {secret.type}"
        lines.append(f"{secret.namespace}/{secret.name}: {secret.why}{kind}")
        lines.append(f"  made by {one.maker}")
        for key, under in secret.keys.items():
            lines.append(f"  {key}")
            lines += [f"    {line}" for line in content(under).splitlines()]
        if one.to_store:
            lines += [f"  in the store, as {secret.store_key}", f"    {one.to_store}"]
        # not indented: blanks in a text of several lines would become part of it
        lines += [one.command, ""]
    return "\n".join(lines or ["none", ""])
