"""`pggitops explain`: the composed environment, or one value, with the place that gave it and those it shadowed."""

from __future__ import annotations

import json
from typing import Any

import click

from pggitops.cli import options
from pggitops.errors import CannotGoOn


@click.command(name="explain")
@click.argument("environment")
@click.argument("path", required=False, default="")
@options.output_format("text", "json")
@options.root
def command(environment: str, path: str, output_format: str, root: str | None) -> int:
    """Show where the values of a composed ENVIRONMENT come from, or only those at PATH (dotted)."""
    from pggitops import compose, explain
    from pggitops.compose import Sources, environment_names
    from pggitops.findings import did_you_mean, dotted
    from pggitops.pipeline import Built, Settings, prepare

    settings = Settings(options.find_root(root))
    (name,) = options.selected(environment_names(settings.root), [environment])
    sources = Sources(settings.root)
    loaded = compose.load(sources, name)
    for finding in loaded.findings:
        options.say(f"{finding.place}: {finding.message}")
    if loaded.findings:
        raise CannotGoOn(f"{name} cannot be read whole", f"Run `pggitops check {name}`.")
    document = compose.compose(sources, loaded.layers)
    prepared = prepare(settings, sources, name)
    model = None if isinstance(prepared, Built) else prepared.environment
    steps = explain.parse(path)
    try:
        found = explain.explain(settings.root, loaded.layers, document, model, steps)
    except (KeyError, AttributeError) as error:
        hint = did_you_mean(str(steps[-1]), explain.known(document, steps))
        raise CannotGoOn(f"{name} has nothing at {dotted(steps)}{hint}", f"Run `pggitops explain {name}`.") from error
    click.echo(_json(found) if output_format == "json" else _text(found), nl=False)
    return 0


def _json(found: list[Any]) -> str:
    from pggitops.findings import dotted

    rows = [
        {
            "path": dotted(one.path),
            "value": one.value,
            "default": not one.origins,
            "note": one.note,
            "origins": [
                {"file": at.place.file, "line": at.place.line, "column": at.place.column, "value": at.value}
                for at in one.origins
            ],
        }
        for one in found
    ]
    return json.dumps({"version": 1, "values": rows}, indent=2, ensure_ascii=False) + "\n"


def _text(found: list[Any]) -> str:
    from pggitops.findings import dotted

    lines = []
    left = [f"{dotted(one.path)} = {_shown(one.value)}" for one in found]
    width = min(max(map(len, left), default=0), 100)
    for text, one in zip(left, found, strict=True):
        first = one.origins[0].place if one.origins else "(default)"
        lines.append(f"{text:<{width}}  {first}" + (f"  ({one.note})" if one.note else ""))
        lines += [f"{'':<{width}}  shadows {_shown(at.value)} at {at.place}" for at in one.origins[1:]]
    return "\n".join(lines) + "\n"


def _shown(value: Any) -> str:
    return value if isinstance(value, str) and value else json.dumps(value, ensure_ascii=False)
