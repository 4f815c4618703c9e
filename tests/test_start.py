"""What a command does not need it does not import: start-up is most of what a run of one environment costs."""

from __future__ import annotations

import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
import yaml

from pggitops.policies.registry import POLICIES as REGISTRY

ROOT = Path(__file__).parent.parent
POLICIES = "pggitops.policies.backup.backup_missing"
SCHEMAS = ("jsonschema", "jsonschema_rs", "cel_expr_python")
HEAVY = (*SCHEMAS, "jinja2", "multiprocessing", "subprocess", "tempfile", "difflib")

UNUSED = {
    "--help": (*HEAVY, "yaml", "pggitops.fleet", "pggitops.model"),
    "policies": HEAVY,
    "explain prod-eu": (*SCHEMAS, POLICIES),
    "secrets prod-eu": (*HEAVY, POLICIES),
    "check prod-eu --kubeconform never": HEAVY,
    "render prod-eu --kubeconform never": HEAVY,
}


def imported(command: str, root: Path, only: str = "*") -> set[str]:
    """The modules that a command imports, run on the example fleet or on one of its environments."""
    for folder in ("bases", *(path.name for path in (ROOT / "environments").glob(only))):
        shutil.copytree(ROOT / "environments" / folder, root / "environments" / folder, dirs_exist_ok=True)
    program = "import sys; from pggitops.cli import run; code = run(sys.argv[1:]); print(*sys.modules); sys.exit(code)"
    done = subprocess.run(
        [sys.executable, "-c", program, *command.split()], cwd=root, capture_output=True, text=True, check=True
    )
    return set(done.stdout.splitlines()[-1].split())


@pytest.mark.parametrize("command", UNUSED)
def test_what_is_not_needed_is_not_imported(command: str, tmp_path: Path) -> None:
    modules = imported(command, tmp_path)
    assert "pggitops.cli" in modules
    assert sorted(modules.intersection(UNUSED[command])) == []


def test_plain_overlays_are_read_without_pyyaml(tmp_path: Path) -> None:
    modules = imported("check --kubeconform never", tmp_path, "prod-eu")
    assert "pggitops.policies" in modules
    assert "yaml" not in modules


def test_policies_that_are_not_asked_are_not_imported(tmp_path: Path) -> None:
    modules = imported("check prod-eu --kubeconform never", tmp_path)
    asked = {id for id, (family, *_) in REGISTRY.items() if _module(family, id) in modules}
    rendered = [yaml.safe_load(path.read_text()) for path in (ROOT / "rendered" / "prod-eu").rglob("*.yaml")]
    kinds, words = {document["kind"] for document in rendered}, set(_keys(rendered))
    written = {
        id: any(name in (kinds if form in ("kinds", "ready") else words) for form in about for name in about[form])
        for id, (*_, about, _) in REGISTRY.items()
        if about and about.keys().isdisjoint(("words", "problems", "services", "options"))
    }
    assert not [id for id in sorted(asked) if not written.get(id, True)]
    assert sum(not is_written for is_written in written.values()) > 20
    assert {"backup-missing", "max-connections-too-many"} <= asked


def _module(family: str, id: str) -> str:
    return f"pggitops.policies.{family}.{id.replace('-', '_')}"


def _keys(value: object) -> Iterator[str]:
    """Every key at any depth."""
    for each in value.values() if isinstance(value, dict) else value if isinstance(value, list) else ():
        yield from _keys(each)
    if isinstance(value, dict):
        yield from value
