"""What a user installs: the wheel alone, in another folder, does the whole job."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from test_init import FILLED

ROOT = Path(__file__).parent.parent


@pytest.fixture(scope="module")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with nothing but the wheel's content."""
    folder = tmp_path_factory.mktemp("wheel")
    command = [sys.executable, "-m", "pip", "wheel", "--quiet", "--no-deps", "--no-build-isolation", "-w", str(folder)]
    subprocess.run([*command, str(ROOT)], check=True, capture_output=True, timeout=300)
    (wheel,) = folder.glob("*.whl")
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(folder / "site")
    return folder / "site"


def test_the_wheel_has_what_is_used_and_no_more(installed: Path) -> None:
    package = installed / "pggitops"
    assert sorted(path.name for path in (package / "schemas").iterdir()) == [
        *("base.schema.json", "baseline.schema.json", "cluster.schema.json", "environment.schema.json"),
        *("kinds", "plan.schema.json", "policy.schema.json", "report.schema.json", "runtime", "vocabulary.yaml"),
    ]
    assert not (package / "generate").exists()
    (wheel,) = installed.parent.glob("*.whl")
    assert wheel.stat().st_size < 3_000_000


def test_the_wheel_does_the_whole_job(installed: Path, tmp_path: Path) -> None:
    environment = {**os.environ, "PYTHONPATH": str(installed)}

    def pggitops(*arguments: str) -> subprocess.CompletedProcess[str]:
        command = [sys.executable, "-m", "pggitops", *arguments]
        return subprocess.run(command, cwd=tmp_path, env=environment, capture_output=True, text=True, timeout=120)

    where = "import pggitops, pggitops.schema; print(pggitops.__file__); print(pggitops.schema.schema_root())"
    done = subprocess.run([sys.executable, "-c", where], env=environment, capture_output=True, text=True, timeout=60)
    assert all(line.startswith(str(installed)) for line in done.stdout.splitlines()), done.stdout

    assert pggitops("init", "--platform", "eks").returncode == 0
    assert pggitops("check").returncode == 1
    for path in (tmp_path / "environments").rglob("*.yaml"):
        path.write_text(re.sub(r"REPLACE-[A-Za-z-]+", lambda match: FILLED[match[0]], path.read_text()))
    for arguments in (["render"], ["render", "--check"], ["check", "--kubeconform", "always"], ["schema"]):
        done = pggitops(*arguments)
        assert done.returncode == 0, done.stdout + done.stderr
    assert (tmp_path / "rendered" / "dev" / "app" / "perconapgcluster-app.yaml").is_file()
