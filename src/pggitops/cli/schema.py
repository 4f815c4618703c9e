"""`pggitops schema`: the editor schemas, and schemas of kinds of one's own."""

from __future__ import annotations

from pathlib import Path

import click

from pggitops.cli import options
from pggitops.errors import CannotGoOn


@click.command(name="schema")
@click.argument("action", type=click.Choice(["write", "add"]), default="write")
@click.argument("files", nargs=-1, metavar="[CRD.yaml]...", type=click.Path())
@options.root
def command(action: str, files: tuple[str, ...], root: str | None) -> int:
    """Write the editor schemas to schemas/ (`write`), or add the schema of a kind from its CRD (`add`)."""
    folder = options.find_root(root) / "schemas"
    if action == "add":
        return _add(folder, files)
    if files:
        raise CannotGoOn(f"`schema write` takes no file, and {files[0]} is one", "Did you mean `pggitops schema add`?")
    from pggitops.vocabulary import editor_schemas, text

    for name, document in editor_schemas().items():
        _put(folder / name, text(document))
    return 0


def _add(folder: Path, files: tuple[str, ...]) -> int:
    from pggitops import crd, kinds, yamlio

    if not files:
        raise CannotGoOn(
            "no file is named", "Name the CustomResourceDefinition's file: `pggitops schema add crd.yaml`."
        )
    for file in files:
        try:
            documents, problems = yamlio.load_all(Path(file).read_bytes(), limit=32 << 20)
        except OSError as error:
            raise CannotGoOn(f"{file} cannot be read: {error.strerror}") from error
        if problems:
            problem = problems[0]
            raise CannotGoOn(f"{file}:{problem.line}:{problem.column}: {problem.message}", problem.fix)
        for document, line in documents:
            try:
                served = crd.convert_crd(document)
            except ValueError as error:
                raise CannotGoOn(f"{file}:{line}: {error}") from error
            for kind in served:
                path = folder / "kinds" / kinds.schema_file(kind.group, kind.kind, kind.version)
                _put(path, kinds.text(kind.schema))
    return 0


def _put(path: Path, text: str) -> None:
    try:
        if path.is_file() and path.read_bytes() == text.encode():
            return
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    except OSError as error:
        raise CannotGoOn(f"{path} cannot be written: {error.strerror}") from error
    click.echo(f"wrote {path}")
