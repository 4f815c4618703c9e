"""The YAML library of kubectl, Argo CD and Flux, asked about texts."""

from __future__ import annotations

import json
import shutil
import struct
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

Read = Callable[[list[str]], list[Any]]
"""For each text {"value": …} or {"error": "…"}."""


def built(folder: Path) -> Read:
    """The library in a program of that folder; without Go the test is skipped."""
    if shutil.which("go") is None:
        pytest.skip("go is not on PATH: its YAML reader cannot be asked")
    program = folder / "yamlreader"
    source = Path(__file__).parent / "go" / "yamlreader"
    made = subprocess.run(["go", "build", "-o", program, "."], cwd=source, capture_output=True, text=True, check=False)
    assert made.returncode == 0, made.stderr

    def read(texts: list[str]) -> list[Any]:
        files = [text.encode() for text in texts]
        asked = b"".join(struct.pack(">I", len(data)) + data for data in files)
        answers = subprocess.run([program], input=asked, capture_output=True, check=True).stdout.split(b"\n")
        assert len(answers) == len(texts) + 1
        return [json.loads(answer) for answer in answers[:-1]]

    return read
