"""Whole trees of manifests, compared byte for byte; `make golden` refreshes them."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from copy import deepcopy
from pathlib import Path

import pytest

from pggitops.cli import run
from pggitops.yamlio import emitter

ROOT = Path(__file__).parent.parent
FLEETS = {"examples": ROOT, "golden": ROOT / "tests" / "golden" / "fleet"}
DAY = "2026-11-25"


def tree(folder: Path) -> dict[str, bytes]:
    return {
        path.relative_to(folder).as_posix(): path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file()
    }


@pytest.fixture(params=FLEETS)
def fleet(request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> tuple[Path, Path]:
    """A fleet and a copy of its sources without anything rendered."""
    source = FLEETS[request.param]
    for part in ("environments", "templates"):
        if (source / part).is_dir():
            shutil.copytree(source / part, tmp_path / part)
    monkeypatch.chdir(tmp_path)
    return source, tmp_path


def test_the_tree(fleet: tuple[Path, Path]) -> None:
    source, copy = fleet
    assert run(["render", "--today", DAY]) == 0
    rendered = tree(copy / "rendered")
    if os.environ.get("PGGITOPS_GOLDEN") == "write":
        shutil.rmtree(source / "rendered", ignore_errors=True)
        shutil.copytree(copy / "rendered", source / "rendered")
    committed = tree(source / "rendered")
    changed = [path for path in {**committed, **rendered} if committed.get(path) != rendered.get(path)]
    assert not changed, f"{changed[:5]} … are not what is committed; `make golden` refreshes them: look at the diff"


def test_nobody_changes_what_all_environments_share(fleet: tuple[Path, Path]) -> None:
    """What is known as fixed is in many manifests: patches are applied to them, rules and policies look at them."""
    _, copy = fleet
    assert run(["check", "--today", DAY]) == 0
    # held, so that none is another one by then
    shared = [value for value, _ in emitter._fixed.values()]
    before = deepcopy(shared)
    assert before
    assert run(["render", "--today", DAY]) == 0
    assert shared == before
    assert (copy / "rendered").is_dir()


def test_kubeconform_accepts_every_object(fleet: tuple[Path, Path], capsys: pytest.CaptureFixture[str]) -> None:
    """The real program, on all of it; the wrapper fails where it has not seen every object."""
    assert run(["check", "--today", DAY, "--kubeconform", "always"]) == 0
    assert "kubeconform" not in capsys.readouterr().out


def test_the_same_bytes_everywhere(fleet: tuple[Path, Path]) -> None:
    """Another hash seed, time zone, locale and folder make no difference."""
    _, copy = fleet
    assert run(["render", "--today", DAY]) == 0
    first = tree(copy / "rendered")
    shutil.rmtree(copy / "rendered")
    environment = {**os.environ, "PYTHONHASHSEED": "4711", "TZ": "Asia/Tokyo", "LC_ALL": "C", "USER": "somebody"}
    command = [sys.executable, "-m", "pggitops", "render", "--root", str(copy), "--today", DAY]
    subprocess.run(command, cwd="/", env=environment, check=True, capture_output=True, timeout=120)
    assert tree(copy / "rendered") == first


def test_worker_processes_write_the_same(fleet: tuple[Path, Path], monkeypatch: pytest.MonkeyPatch) -> None:
    from pggitops import fleet as fleets

    _, copy = fleet
    assert run(["render", "--today", DAY]) == 0
    first = tree(copy / "rendered")
    shutil.rmtree(copy / "rendered")
    monkeypatch.setattr(fleets, "WORKERS_FROM", 1)
    assert run(["render", "--today", DAY]) == 0
    assert tree(copy / "rendered") == first


def test_sums_are_what_sha256sum_reads(fleet: tuple[Path, Path]) -> None:
    source, _ = fleet
    for sums in (source / "rendered").rglob("SHA256SUMS"):
        subprocess.run(
            ["sha256sum", "--quiet", "--strict", "-c", "SHA256SUMS"], cwd=sums.parent, check=True, timeout=60
        )


def test_ready_manifests_go_through_byte_for_byte() -> None:
    golden = FLEETS["golden"]
    ready = golden / "environments" / "ready" / "manifests" / "secrets.yaml"
    assert (golden / "rendered" / "ready" / "secrets.yaml").read_bytes() == ready.read_bytes()
