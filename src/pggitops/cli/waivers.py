"""`pggitops waivers`: every waiver of the fleet, the one that ends first at the top."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import click

from pggitops.cli import options

if TYPE_CHECKING:
    from pggitops.pipeline import Settings


@click.command(name="waivers")
@click.argument("environments", nargs=-1, metavar="[ENV]...")
@options.output_format("text", "json")
@options.today
@options.root
def command(environments: tuple[str, ...], output_format: str, today: str | None, root: str | None) -> int:
    """List the waivers with policy, place, owner, ticket and days left. Names may be globs; none means all.

    A base's waiver is there once for each environment that lists the base.
    """
    from pggitops.compose import Sources, environment_names
    from pggitops.pipeline import Settings

    settings = Settings(options.find_root(root), options.day(today))
    sources = Sources(settings.root)
    rows: list[dict[str, Any]] = []
    unread = []
    for name in options.selected(environment_names(settings.root), environments):
        found = _of(settings, sources, name)
        if found is None:
            unread.append(name)
        else:
            rows += found
    rows.sort(key=lambda row: (row["expires"], row["environment"], row["name"]))
    if output_format == "json":
        click.echo(json.dumps({"version": 1, "waivers": rows, "unread": unread}, indent=2, ensure_ascii=False))
    else:
        click.echo("\n".join(_text(rows)))
    for name in unread:
        options.say(f"{name} cannot be read, and what it waives is not listed: run `pggitops check {name}`")
    return int(bool(unread))


def _of(settings: Settings, sources: Any, name: str) -> list[dict[str, Any]] | None:
    """The waivers of an environment; None where it cannot be read."""
    from pggitops import compose
    from pggitops.pipeline import Built, prepare

    prepared = prepare(settings, sources, name)
    if isinstance(prepared, Built):
        return [] if prepared.removed else None
    rules = prepared.environment.waiver_rules
    rows = []
    for waiver in prepared.environment.waivers.values():
        place = compose.locate(settings.root, prepared.layers, ("waivers", waiver.name), at_key=True)
        row = {"environment": name, "name": waiver.name, "policy": waiver.policy, "cluster": waiver.cluster or ""}
        row |= {"object": waiver.object or "", "owner": waiver.owner, "ticket": waiver.ticket or ""}
        row |= {"reason": waiver.reason, **_time(settings, waiver.expires, rules.grace)}
        if waiver.policy in rules.unwaivable:
            row["state"] = "unwaivable"
        rows.append(row | {"file": place.file, "line": place.line})
    return rows


def _time(settings: Settings, expires: str, grace: str) -> dict[str, Any]:
    """When it ends, the days left (less than 0: days since), and whether it holds."""
    import datetime

    from pggitops import units

    last = datetime.date.fromisoformat(expires)
    held = last + datetime.timedelta(seconds=units.seconds(grace))
    state = "holds" if last >= settings.today else "grace" if held >= settings.today else "expired"
    return {"expires": expires, "days": (last - settings.today).days, "state": state}


_STATES = {"holds": "", "grace": ", holds for its grace", "expired": ", permits nothing", "unwaivable": ", not allowed"}


def _text(rows: list[dict[str, Any]]) -> Iterator[str]:
    from pggitops.output.plain import plain

    for row in rows:
        days = row["days"]
        left = f"{days} days left" if days >= 0 else f"expired {-days} days ago"
        where = "/".join(filter(None, (row["environment"], row["cluster"]))) + f" {row['object']}".rstrip()
        who = " ".join(filter(None, (row["owner"], row["ticket"])))
        yield f"{row['expires']}  {left}{_STATES[row['state']]}: {row['policy']} in {where}"
        yield plain(f"    {row['name']}, {who}: {row['reason']}")
        yield f"    {row['file']}:{row['line']}"
    if not rows:
        yield "none"
