"""Ready manifests: what lies in an environment's `manifests/` goes through byte for byte, and is checked too."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping
from dataclasses import field
from pathlib import Path
from typing import Any

from pggitops import yamlio
from pggitops.findings import Finding, Place, Severity
from pggitops.model import Manifest
from pggitops.record import mutable

MAX_BYTES = 4 << 20


@mutable
class Passed:
    """Files as they are, the objects in them, and what kept some from being read."""

    files: dict[str, bytes] = field(default_factory=dict)
    manifests: list[Manifest] = field(default_factory=list)
    findings: list[Finding] = field(default_factory=list)

    def add(self, more: Passed) -> None:
        """Join what came from elsewhere."""
        self.files |= more.files
        self.manifests += more.manifests
        self.findings += more.findings

    @property
    def objects(self) -> dict[str, int]:
        """How many objects each file holds, where it is not one."""
        counts = Counter(manifest.path for manifest in self.manifests)
        return {name: counts[name] for name in self.files if counts[name] != 1}


def passed_through(root: Path, sources: tuple[str, ...], taken: Collection[str], environment: str) -> Passed:
    """The ready manifests of an environment; `taken` are the file names rendering has used already."""
    passed = Passed()
    for source in sources:
        name = source.rpartition("/")[2]
        if not name.endswith((".yaml", ".yml")):
            _refuse(passed, environment, source, "manifest-not-yaml", f"{name} is no YAML file", "Move it elsewhere.")
        elif name.lower() in (file.lower() for file in (*taken, *passed.files)):
            message = f"{name} is the name of a file that is rendered here"
            _refuse(passed, environment, source, "manifest-name-taken", message, "Rename it.")
        else:
            _read(root, passed, environment, source, name)
    return passed


def _read(root: Path, passed: Passed, environment: str, source: str, name: str) -> None:
    data, problems = yamlio.read(root / source)
    documents: list[tuple[Any, int]] = []
    if not problems:
        documents, problems = yamlio.load_all(data, MAX_BYTES)
    if not problems:
        # it goes to the server as it stands: what its scalars mean is not for YAML 1.2 to say
        documents, problems = yamlio.load_expanded(data, MAX_BYTES)
    for problem in problems:
        place = Place(source, problem.line, problem.column)
        _refuse(passed, environment, source, problem.id, problem.message, problem.fix, place)
    for index, (document, line) in enumerate(documents if not problems else ()):
        if document is None:
            continue
        if not isinstance(document, dict) or not is_object(document):
            message = "this is no Kubernetes object: it needs apiVersion, kind and metadata.name"
            place = Place(source, line)
            _refuse(passed, environment, source, "manifest-no-object", message, "Complete or move it.", place)
            continue
        passed.manifests.append(Manifest(name, document, "", "", source, index))
    passed.files[name] = data


def is_object(document: Mapping[str, object]) -> bool:
    """Whether a document can be a Kubernetes object: it says what it is and what it is called."""
    metadata = document.get("metadata")
    named = isinstance(metadata, dict) and isinstance(metadata.get("name"), str)
    return named and all(isinstance(document.get(word), str) for word in ("apiVersion", "kind"))


def _refuse(
    passed: Passed, environment: str, source: str, policy: str, message: str, fix: str, place: Place | None = None
) -> None:
    passed.findings.append(
        Finding(policy, Severity.ERROR, message, fix, place or Place(source), environment=environment)
    )
