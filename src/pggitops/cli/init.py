"""`pggitops init`: bases, a first environment, editor schemas, CI files and code owners to begin with."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from importlib.resources import files
from pathlib import Path

import click

from pggitops import __version__
from pggitops.cli import options
from pggitops.errors import CannotGoOn

CLASSES = {"gke": "premium-rwo", "eks": "gp3", "aks": "managed-csi-premium"}
"""The storage class with expandable network disks that a platform comes with."""

REPOSITORIES = {
    "gke": "gcs: {bucket: REPLACE-the-bucket-for-backups}",
    "aks": "azure: {container: REPLACE-the-container-for-backups}",
}
OTHER_REPOSITORY = "s3: {bucket: REPLACE-the-bucket-for-backups, region: REPLACE-the-region-of-the-bucket}"

WORKFLOWS = {"github": ".github/workflows/pggitops.yml", "gitlab": ".gitlab-ci.yml"}
OWNERS = {
    "github": (".github/CODEOWNERS", "/.github/"),
    "gitlab": (".gitlab/CODEOWNERS", "/.gitlab/", "/.gitlab-ci.yml"),
    "none": ("CODEOWNERS", "/CODEOWNERS"),
}
"""Where the forge looks for the owners of code, and what there says how the gate works."""

_RUNS = "`pggitops render` and `pggitops plan`"

_LINES = (".gitattributes", "CODEOWNERS")
"""Files of which each line counts by itself."""

SOURCE = """\
  repository: https://REPLACE-the-address-of-this-repository
  revision: main@path@"""


@click.command(name="init")
@click.option(
    "--platform",
    type=click.Choice(["gke", "eks", "aks", "openshift", "other"]),
    help="[default: what is there, or other]",
)
@click.option("--engine", type=click.Choice(["argocd", "flux", "none"]), help="[default: what is there, or argocd]")
@click.option("--ci", type=click.Choice(["github", "gitlab", "none"]), help="[default: what is there, or github]")
@click.option("--root", metavar="DIR", default=".", help="Where to begin. [default: this folder]")
def command(platform: str | None, engine: str | None, ci: str | None, root: str) -> int:
    """Write bases, a first environment, editor schemas, CI files and code owners.

    Nothing that is there is overwritten.
    """
    folder = Path(root)
    engine = engine or _said(folder, "fleet", "delivery", "engine") or "argocd"
    platform = platform or _said(folder, "target", "target", "platform") or "other"
    below, moved = _below(folder), []
    for name, text in _files(folder, platform, engine, ci or _ci(folder), below):
        if name.endswith((*WORKFLOWS.values(), "CODEOWNERS")):
            moved.append(name)
        click.echo(f"{_put(folder, name, text)} {name}")
        for line in _missing(folder / name, text) if name.endswith(_LINES) else ():
            click.echo(f"        it has no line: {line}")
    if below:
        click.echo(_to_move(moved, below))
    click.echo(
        "\nNext:\n"
        "  pggitops check     each REPLACE- is a finding that says what to put there\n"
        "  pggitops render    writes rendered/; commit it with the overlay\n"
        "  pggitops connect dev/app"
    )
    if engine != "none":
        click.echo(f"Once, when it is merged:\n  kubectl apply --server-side -f rendered/{engine}/*/bootstrap/")
    return 0


def _below(folder: Path) -> str:
    """Where the folder is in its Git repository; empty at the top, and where there is none."""
    folder = folder.resolve()
    top = next((each for each in (folder, *folder.parents) if (each / ".git").exists()), folder)
    return "" if top == folder else folder.relative_to(top).as_posix()


def _to_move(names: Sequence[str], below: str) -> str:
    lines = ["", "A forge reads these at the top of a repository alone. Move them there, with"]
    for name in names:
        is_owners = name.endswith("CODEOWNERS")
        what = f"/{below} before each path" if is_owners else f"--root {below} behind each {_RUNS}"
        lines.append(f"  {name:31} {what}")
    return "\n".join(lines)


def _said(folder: Path, base: str, *path: str) -> str:
    """What a base that is there says; nothing where it says nothing."""
    from pggitops import yamlio

    value, _, _ = yamlio.load_file(folder / "environments" / "bases" / f"{base}.yaml")
    for step in path:
        value = value.get(step) if isinstance(value, dict) else None
    return value if isinstance(value, str) else ""


def _ci(folder: Path) -> str:
    """The CI system whose file is there; none in a repository that was begun without."""
    there = [ci for ci, file in WORKFLOWS.items() if (folder / file).exists()]
    begun = (folder / "environments" / "bases" / "fleet.yaml").exists()
    return there[0] if there else "none" if begun else "github"


def _files(folder: Path, platform: str, engine: str, ci: str, below: str) -> Iterator[tuple[str, str]]:
    """Each file to write, with its text; `below` is where in its repository."""
    from pggitops import operators, vocabulary, yamlio

    path = f"\n  {yamlio.dump({'path': below}).rstrip()}" if below else ""
    words = {
        "operator": operators.versions()[-1],
        "engine": engine,
        "delivery": SOURCE.replace("@path@", path),
        "platform": platform,
        "class": CLASSES.get(platform, "REPLACE-the-name-of-the-storage-class"),
        "repository": REPOSITORIES.get(platform, OTHER_REPOSITORY),
        "version": __version__,
    }
    if engine == "none":
        words["delivery"] = "  # repository and revision, once Argo CD or Flux delivers it"
    for base in ("fleet", "production", "development", "target"):
        yield f"environments/bases/{base}.yaml", _filled(f"bases/{base}.yaml", words)
    yield "environments/dev/environment.yaml", _filled("environment.yaml", words)
    for name, schema in vocabulary.editor_schemas().items():
        yield f"schemas/{name}", vocabulary.text(schema)
    yield ".gitattributes", _filled("gitattributes", words)
    place, *guarded = OWNERS[ci]
    # a second one would take the place of the one that is there
    place = next((there for there in options.CODE_OWNERS if (folder / there).exists()), place)
    owner = "REPLACE-the-platform-team-as-@organisation/team"
    yield place, _filled("codeowners", {"guarded": "\n".join(f"{path:33} {owner}" for path in guarded)})
    if ci != "none":
        yield WORKFLOWS[ci], _filled(f"ci/{ci}.yml", words)


def _filled(name: str, words: dict[str, str]) -> str:
    text = files("pggitops.scaffold").joinpath(name).read_text()
    return re.sub(r"@([a-z]+)@", lambda match: words[match[1]], text)


def _put(folder: Path, name: str, text: str) -> str:
    """Write a file where there is none; what happened, in one word."""
    path = folder / name
    for above in path.relative_to(folder).parents:
        if (folder / above).exists() and not (folder / above).is_dir():
            raise CannotGoOn(f"{folder / above} is no folder", "Rename it, or begin elsewhere with --root.")
    try:
        if path.exists():
            return "kept " if path.read_bytes() == text.encode() else "left  (yours differs)"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    except IsADirectoryError as error:
        raise CannotGoOn(f"{path} is a folder", "Rename it, or begin elsewhere with --root.") from error
    except OSError as error:
        raise CannotGoOn(f"{path} cannot be written: {error.strerror}", "Make the folder writable.") from error
    return "wrote"


def _missing(path: Path, text: str) -> Iterator[str]:
    """The lines of ours that a file has not: none begins alike and has all other words but what is to be filled in."""
    theirs = [line.split() for line in path.read_text(encoding="utf-8", errors="replace").splitlines()]
    for line in text.splitlines():
        words = [word for word in line.split() if not word.startswith("REPLACE-")]
        if words and not line.startswith("#") and not any(_holds(there, words) for there in theirs):
            yield " ".join(line.split())


def _holds(there: Sequence[str], words: Sequence[str]) -> bool:
    return there[:1] == words[:1] and {*words} <= {*there}
