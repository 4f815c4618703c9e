"""`pggitops reach`: who reaches what by which rule of which NetworkPolicy, and what goes out."""

from __future__ import annotations

import itertools
import json
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import click

from pggitops.cli import options
from pggitops.errors import CannotGoOn

if TYPE_CHECKING:
    from pggitops.network.reachability import Reachability
    from pggitops.network.table import Row
    from pggitops.placing import Context


@click.command(name="reach")
@click.argument("environment")
@click.option("--cluster", metavar="NAME", help="Only the pods of this cluster.")
@options.output_format("text", "json")
@options.root
def command(environment: str, cluster: str | None, output_format: str, root: str | None) -> int:
    """Show who reaches which port of an ENVIRONMENT's pods by which rule, where these send, and what is cut."""
    from pggitops.findings import did_you_mean
    from pggitops.network.reachability import reachability
    from pggitops.network.table import rows

    context = _rendered(environment, root)
    clusters = context.environment.clusters
    if cluster is not None and cluster not in clusters:
        hint = did_you_mean(cluster, clusters)
        raise CannotGoOn(f'{context.name} has no cluster "{cluster}"{hint}', f"There are: {', '.join(clusters)}.")
    reach = reachability(context.environment, context.manifests)
    found = list(rows(reach, cluster))
    show = _json if output_format == "json" else _text
    click.echo(show(context, reach, found, cluster), nl=False)
    return 0


def _rendered(environment: str, root: str | None) -> Context:
    from pggitops import sandbox
    from pggitops.compose import Sources, environment_names
    from pggitops.pipeline import Settings, prepare, render_into

    settings = Settings(options.find_root(root))
    (name,) = options.selected(environment_names(settings.root), [environment])
    context = options.modelled(prepare(settings, Sources(settings.root), name))
    with sandbox.Sandbox(sandbox.find(settings.root)[0]) as own:
        passed = render_into(settings, context, own)
    if passed.findings:
        raise CannotGoOn(f"{name} has {len(passed.findings)} problems", f"Run `pggitops check {name}`.")
    return context


def _place(context: Context, row: Row) -> str:
    """The file of a row's rule, and where in it."""
    from pggitops.findings import dotted

    if row.policy is None:
        return "no NetworkPolicy"
    return f"{_file(context, row)} {dotted(row.path)}"


def _file(context: Context, row: Row) -> str:
    assert row.policy is not None
    return row.policy.source or f"rendered/{context.name}/{context.manifests[row.policy.id].path}"


def _unmet(reach: Reachability, cluster: str | None) -> tuple[int, list[Any]]:
    wanted = [need for need in reach.needs() if cluster in (None, need.cluster)]
    return len(wanted), [cut for cut in map(reach.cut, wanted) if cut is not None]


def _json(context: Context, reach: Reachability, found: list[Row], cluster: str | None) -> str:
    from pggitops.findings import dotted

    count, cuts = _unmet(reach, cluster)
    shown = {
        "version": 1,
        "environment": context.name,
        "rows": [
            {
                "cluster": row.cluster,
                "pods": row.pods,
                "direction": row.direction,
                "ports": row.ports,
                "peer": row.peer,
                "known": list(row.known),
                "policy": row.policy and {"name": row.policy.name, "file": _file(context, row)},
                "path": dotted(row.path),
            }
            for row in found
        ],
        "needs": {
            "count": count,
            "cut": [
                {
                    "policy": cut.need.policy,
                    "from": cut.need.source.name,
                    "to": [target.name for target in cut.need.targets],
                    "ports": [f"{number}/{protocol}" for number, protocol in cut.need.ports if number],
                    "denied": cut.direction,
                    "by": [policy.name for policy in cut.denying],
                }
                for cut in cuts
            ],
        },
    }
    return json.dumps(shown, indent=2, ensure_ascii=False) + "\n"


def _text(context: Context, reach: Reachability, found: list[Row], cluster: str | None) -> str:
    lines: list[str] = []
    for (name, pods), group in itertools.groupby(found, lambda row: (row.cluster, row.pods)):
        lines += [f"{context.name}/{name}: {pods}" if name else f"{context.name}: {pods}", *_block(context, group), ""]
    count, cuts = _unmet(reach, cluster)
    lines.append(f"{count - len(cuts)} of {count} connections that are needed are possible")
    for cut in cuts:
        lines.append(f"  {cut.need.policy}: {cut.need.source.name} to {cut.need.targets[0].name}")
    return "\n".join(lines) + "\n"


def _block(context: Context, group: Iterator[Row]) -> Iterator[str]:
    table = []
    for row in group:
        arrow = "<-" if row.direction == "ingress" else "->"
        table.append((f"  {arrow} {row.ports}", _peer(row), _place(context, row)))
    widths = [min(max(len(line[column]) for line in table), limit) for column, limit in ((0, 24), (1, 64))]
    for ports, peer, place in table:
        yield f"{ports:<{widths[0]}}  {peer:<{widths[1]}}  {place}"


def _peer(row: Row) -> str:
    """Whom a rule is for: by their names where these say it all, and no long list of exceptions."""
    from pggitops.parts.names import PREFIX

    words, _, exceptions = row.peer.partition(" except ")
    if exceptions.count(",") > 1:
        words = f"{words} except {exceptions.count(',') + 1} ranges"
    elif exceptions:
        words = row.peer
    if not row.known:
        return words
    names = ", ".join(row.known)
    return names if PREFIX in words else f"{names}: {words}"
