"""`pggitops init`: bases, a first environment, editor schemas, CI files and code owners to begin with."""

from __future__ import annotations

import re
from collections.abc import Iterator
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

SOURCE = """\
  repository: https://REPLACE-the-address-of-this-repository
  revision: main
  namespace: @namespace@"""


@click.command(name="init")
@click.option("--platform", type=click.Choice(["gke", "eks", "aks", "openshift", "other"]), default="other")
@click.option("--engine", type=click.Choice(["argocd", "flux", "none"]), default="argocd", show_default=True)
@click.option("--ci", type=click.Choice(["github", "gitlab", "none"]), default="github", show_default=True)
@click.option("--root", metavar="DIR", default=".", help="Where to begin. [default: this folder]")
def command(platform: str, engine: str, ci: str, root: str) -> int:
    """Write bases, a first environment, editor schemas, CI files and code owners.

    Nothing that is there is overwritten.
    """
    folder = Path(root)
    for name, text in _files(folder, platform, engine, ci):
        click.echo(f"{_put(folder / name, text)} {name}")
    click.echo(
        "\nNext:\n"
        "  pggitops check     each REPLACE- is a finding that says what to put there\n"
        "  pggitops render    writes rendered/; commit it with the overlay\n"
        "  pggitops connect dev/app"
    )
    if engine != "none":
        click.echo(f"Once, when it is merged:\n  kubectl apply --server-side -f rendered/{engine}/*/bootstrap/")
    return 0


def _files(folder: Path, platform: str, engine: str, ci: str) -> Iterator[tuple[str, str]]:
    """Each file to write, with its text."""
    from pggitops import operators, vocabulary

    words = {
        "operator": operators.versions()[-1],
        "engine": engine,
        "delivery": SOURCE.replace("@namespace@", "argocd" if engine == "argocd" else "flux-system"),
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


def _put(path: Path, text: str) -> str:
    """Write a file where there is none; what happened, in one word."""
    try:
        if path.exists():
            return "kept " if path.read_text() == text else "left  (yours differs)"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    except OSError as error:
        raise CannotGoOn(f"{path} cannot be written: {error.strerror}", "Make the folder writable.") from error
    return "wrote"
