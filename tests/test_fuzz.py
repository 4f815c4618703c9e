"""Whatever stands in the files of a repository: findings or manifests, never an exception, never a write elsewhere."""

from __future__ import annotations

import copy
import datetime
import io
import json
import shutil
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pggitops import fleet, yamlio
from pggitops.compose import environment_names
from pggitops.output import FORMATS, Report, write
from pggitops.pipeline import Settings

ROOT = Path(__file__).parent.parent
EXAMPLES = sorted((ROOT / "environments").rglob("*.yaml"))
DOCUMENTS = [(path, yamlio.load(path.read_bytes())[0]) for path in EXAMPLES]

WORDS = sorted(
    {word for _, document in DOCUMENTS for word in json.dumps(document).replace('"', " ").split() if len(word) < 40}
)
LEAVES = (
    st.none()
    | st.booleans()
    | st.integers(-(2**40), 2**40)
    | st.floats(allow_nan=False, allow_infinity=False, width=32)
    | st.sampled_from([*WORDS, "", "8GB", "no", "0.0.0.0/0", "../..", "{{ 1 }}", "a" * 300, "2024-01-01", "é", "a\nb"])
    | st.text(max_size=8)
)
VALUES = st.recursive(
    LEAVES,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(WORDS), inner, max_size=3),
    max_leaves=6,
)


def places(value: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    found = [path] if path else []
    items = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, item in items:
        found += places(item, (*path, key))
    return found


@st.composite
def spoilt_documents(draw: st.DrawFn) -> tuple[Path, bytes]:
    """One file of the example fleet with some of its values replaced, dropped, or keys added."""
    path, original = draw(st.sampled_from(DOCUMENTS))
    document = copy.deepcopy(original)
    for _ in range(draw(st.integers(1, 3))):
        known = places(document)
        if not known:
            break
        place = draw(st.sampled_from(known))
        parent = document
        for step in place[:-1]:
            parent = parent[step]
        match draw(st.sampled_from(["replace", "drop", "add"])):
            case "replace":
                parent[place[-1]] = draw(VALUES)
            case "drop":
                del parent[place[-1]]
            case "add" if isinstance(parent, dict):
                parent[draw(st.sampled_from(WORDS) | st.text(max_size=6))] = draw(VALUES)
    return path, yamlio.dump(document).encode()


@st.composite
def spoilt_texts(draw: st.DrawFn) -> tuple[Path, bytes]:
    """One file of the example fleet with some of its bytes replaced."""
    path = draw(st.sampled_from(EXAMPLES))
    data = bytearray(path.read_bytes())
    for _ in range(draw(st.integers(1, 4))):
        at = draw(st.integers(0, len(data)))
        piece = draw(
            st.sampled_from([b"", b"\t", b": ", b"- ", b"[", b"}", b'"', b"&a ", b"*a", b"\n", b"  ", b"---\n"])
            | st.binary(max_size=4)
        )
        data[at : at + draw(st.integers(0, 6))] = piece
    return path, bytes(data)


@pytest.fixture(scope="module")
def repository(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("fuzz") / "repository"
    shutil.copytree(ROOT / "environments", root / "environments")
    return root


def rendered_with(root: Path, path: Path, data: bytes) -> None:
    """Render the fleet with one file spoilt, in every output format; then put the file back."""
    file = root / path.relative_to(ROOT)
    good = file.read_bytes()
    outside = sorted(root.parent.iterdir())
    file.write_bytes(data)
    try:
        names = environment_names(root)
        with fleet.spool() as spool:
            found = fleet.run(Settings(root, datetime.date(2026, 11, 25)), names, names, spool, lambda: None)
            fleet.store(found, prune=False)
        report = Report("check", len(names), tuple(found.findings), root=str(root))
        for name in FORMATS:
            write(report, name, io.StringIO())
    finally:
        file.write_bytes(good)
    assert sorted(root.parent.iterdir()) == outside
    assert sorted(path.name for path in root.iterdir()) == ["environments", "rendered"]
    for finding in found.findings:
        assert finding.message
        assert finding.place.line >= 1
        assert "Traceback" not in finding.message


LIGHT = settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
HEAVY = settings(max_examples=5000, deadline=None, suppress_health_check=list(HealthCheck))


@LIGHT
@given(spoilt=spoilt_documents() | spoilt_texts())
def test_a_spoilt_file(spoilt: tuple[Path, bytes], repository: Path) -> None:
    rendered_with(repository, *spoilt)


@pytest.mark.fuzz
@HEAVY
@given(spoilt=spoilt_documents())
def test_many_spoilt_documents(spoilt: tuple[Path, bytes], repository: Path) -> None:
    rendered_with(repository, *spoilt)


@pytest.mark.fuzz
@HEAVY
@given(spoilt=spoilt_texts())
def test_many_spoilt_texts(spoilt: tuple[Path, bytes], repository: Path) -> None:
    rendered_with(repository, *spoilt)
