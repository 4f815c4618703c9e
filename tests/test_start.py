"""What a command does not need it does not import: start-up is most of what a run of one environment costs."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

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


@pytest.mark.parametrize("command", UNUSED)
def test_what_is_not_needed_is_not_imported(command: str, tmp_path: Path) -> None:
    shutil.copytree(ROOT / "environments", tmp_path / "environments")
    program = "import sys; from pggitops.cli import run; code = run(sys.argv[1:]); print(*sys.modules); sys.exit(code)"
    done = subprocess.run(
        [sys.executable, "-c", program, *command.split()], cwd=tmp_path, capture_output=True, text=True, check=True
    )
    imported = set(done.stdout.splitlines()[-1].split())
    assert "pggitops.cli" in imported
    assert sorted(imported.intersection(UNUSED[command])) == []
