"""`pggitops crds`: the operator's CRDs in the repository, for targets that cannot reach upstream."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import click

from pggitops import streams
from pggitops.cli import options
from pggitops.errors import CannotGoOn


@click.group(name="crds")
def command() -> None:
    """Keep the operator's CRDs in crds/ (`add`), or show which are kept and which are needed (`list`)."""


@command.command(name="add")
@click.argument("file", metavar="FILE", type=click.Path(allow_dash=True, readable=False))
@click.option("--version", "stated", metavar="VERSION", help="The operator version the file must be of.")
@click.option("--force", is_flag=True, help="Replace what is kept for the version.")
@options.root
def add(file: str, stated: str | None, force: bool, root: str | None) -> int:
    """Check the operator's deploy/crd.yaml, FILE or - for standard input, and write crds/<version>.yaml."""
    from pggitops import crds

    folder = options.find_root(root)
    found = crds.recognise(_bytes(file), "standard input" if file == "-" else file, stated)
    written = crds.add(folder, found, force=force)
    click.echo(f"{'wrote' if written else 'unchanged'} {crds.path_of(found.version)}")
    return 0


def _bytes(file: str) -> bytes:
    """The file's content; of a larger one only as much as shows that it is too large."""
    from pggitops.crds import LIMIT

    if file == "-":
        return streams.read_input(LIMIT + 1)
    try:
        with open(file, "rb") as stream:
            return stream.read(LIMIT + 1)
    except OSError as error:
        raise CannotGoOn(f"{file} cannot be read: {error.strerror}", "Name the operator's crd.yaml.") from error


@command.command(name="list")
@options.output_format("text", "json")
@options.root
def show(output_format: str, root: str | None) -> int:
    """Show which operator versions' CRDs are in crds/, and which the fleet needs there."""
    rows, unread = _rows(options.find_root(root))
    if output_format == "json":
        click.echo(json.dumps({"version": 1, "crds": rows}, indent=2, ensure_ascii=False))
    else:
        for row in rows:
            targets = ", ".join(row["targets"])
            needed = f"needed by {targets}" if targets else "needed by no target"
            click.echo(f"{row['version']}  {row['state']}, {needed}")
        if not rows:
            click.echo("none is kept, and none is needed" + (" by what could be read" if unread else ""))
    if unread:
        options.say(f"not read: {', '.join(unread[:3])}{', …' if len(unread) > 3 else ''} (`pggitops check` says why)")
    return int(bool(unread))


def _rows(root: Path) -> tuple[list[dict[str, Any]], list[str]]:
    """What there is to say of each version, and the environments nothing is known of."""
    from pggitops import operators
    from pggitops.compose import Sources, environment_names
    from pggitops.pipeline import Built, Settings, prepare, summary_of

    sources, unread = Sources(root), []
    needed: dict[str, set[str]] = {version: set() for version in sources.vendored_crds()}
    for name in environment_names(root):
        prepared = prepare(Settings(root), sources, name)
        summary = prepared.summary if isinstance(prepared, Built) else summary_of(prepared.environment)
        if summary is None:
            unread += [] if isinstance(prepared, Built) and prepared.removed else [name]
        elif summary.crds == "vendored":
            needed.setdefault(summary.version, set()).add(summary.target)
    known = operators.versions()
    ordered = sorted(
        needed,
        key=lambda version: (version not in known, operators.number(version) if version in known else (), version),
    )
    return [
        {"version": version, "state": _state(root, version), "targets": sorted(needed[version])} for version in ordered
    ], unread


def _state(root: Path, version: str) -> str:
    """`kept`, `missing`, or what is wrong with the file."""
    from pggitops import crds

    path = root / crds.path_of(version)
    if not path.exists():
        return "missing"
    try:
        found = crds.recognise(_bytes(str(path)), crds.path_of(version), version)
        return "kept" if not crds.differs(root, found) else "changed by hand"
    except CannotGoOn as error:
        return f"unusable: {error}"
