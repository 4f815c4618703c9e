"""Kinds that come with a CustomResourceDefinition: `schemas/structural/` becomes `schemas/kinds/{percona,custom}/`."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from pggitops import crd, kinds

_OPERATOR = "percona-postgresql-operator-"


def files(folder: Path) -> Iterator[tuple[str, Path]]:
    """Each structural schema beneath `folder`, and before it the name of what is made of it beneath `schemas/kinds`."""
    for file in sorted(folder.glob("*/*.json")):
        kind, _, rest = file.stem.partition(".")
        group, _, version = rest.rpartition(".")
        project = file.parent.name
        operator = project.removeprefix(_OPERATOR) if project.startswith(_OPERATOR) else None
        yield kinds.schema_file(group, kind, version, operator), file


def read(file: Path) -> dict[str, Any]:
    """What a file of `schemas/structural/` says: `group`, `version`, `kind`, `plural`, `scope` and the `schema`."""
    document: dict[str, Any] = json.loads(file.read_bytes())
    return document


def kind_schema(file: Path) -> str:
    """The text of the kind's strict schema."""
    return kinds.text(crd.kind_schema(**read(file)).schema)
