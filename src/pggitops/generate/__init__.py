"""The files of the repository that are made from others: `make generate` writes them, a test finds stale ones.

For developers alone: the wheel leaves this package out.
"""

from __future__ import annotations

import functools
import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

from pggitops import reference, template, vocabulary
from pggitops.generate import effects, native, registry, structural, texts
from pggitops.policies import folder

ROOT = Path(__file__).resolve().parents[3]
STRUCTURAL = ROOT / "schemas" / "structural"


def _editor_schema(name: str) -> str:
    return vocabulary.text(_editor_schemas()[name])


def _runtime_schema(form: str) -> str:
    return json.dumps(_runtime_schemas()[form], separators=(",", ":"), ensure_ascii=False) + "\n"


def _module(path: str, make: Callable[[], str]) -> tuple[str, Callable[[], str]]:
    """A module, in the form that the linter of the repository asks for."""

    def linted() -> str:
        source = make()
        for action in (("check", "--fix-only", "--quiet"), ("format",)):
            command = [sys.executable, "-m", "ruff", *action, "--stdin-filename", str(ROOT / path), "-"]
            source = subprocess.run(command, input=source, capture_output=True, text=True, check=True).stdout
        return source

    return path, linted


_editor_schemas = functools.cache(vocabulary.editor_schemas)
_runtime_schemas = functools.cache(vocabulary.runtime_schemas)

GENERATED: tuple[tuple[str, Callable[[], str]], ...] = (
    # first, for what comes after reads it
    _module("src/pggitops/policies/registry.py", registry.registry),
    *(
        (f"schemas/{name}", functools.partial(_editor_schema, name))
        for name in ("environment.schema.json", "base.schema.json", "cluster.schema.json")
    ),
    *((f"schemas/runtime/{form}.json", functools.partial(_runtime_schema, form)) for form in vocabulary.FORMS),
    _module("src/pggitops/templates/compiled.py", template.compiled_source),
    _module("src/pggitops/templates/texts.py", texts.texts),
    ("src/pggitops/data/effects.json", effects.effects_table),
    ("docs/overlay.md", reference.overlay_reference),
    ("docs/policies.md", reference.policy_index),
    *(
        (f"{reference.POLICY_PAGES}/{id}.md", functools.partial(reference.policy_document, id))
        for id in folder.families()
    ),
    *(
        (f"schemas/kinds/{name}", functools.partial(structural.kind_schema, file))
        for name, file in structural.files(STRUCTURAL)
    ),
)
"""Each file and what makes it from other files of the repository."""

WHOLE = (reference.POLICY_PAGES,)
"""Folders with nothing but such files: what is no longer made there goes."""

NATIVE: tuple[tuple[str, Callable[[], str]], ...] = tuple(
    (f"schemas/kinds/{native.file(kind)}", functools.partial(native.kind_schema, kind)) for kind in native.KINDS
)
"""Files that are made from a package `make` fetches into `.tools/`: see `native`."""


def stale() -> list[Path]:
    """The files in the folders of `WHOLE` that nothing makes any more."""
    made = {ROOT / path for path, _ in GENERATED}
    return [file for folder in WHOLE for file in sorted((ROOT / folder).iterdir()) if file not in made]
