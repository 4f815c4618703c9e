"""What `init` leaves to be filled in is found however it is written."""

from __future__ import annotations

from typing import Any

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from pggitops import placeholders, yamlio
from pggitops.findings import Path

WRITTEN = {
    "bucket: REPLACE-it": [("bucket",)],
    "bucket: s3://REPLACE-it/x": [("bucket",)],
    "REPLACE-it: 1": [("REPLACE-it",)],
    "list: [a, 'REPLACE-it']": [("list", 1)],
    'escaped: "\\x52EPLACE-it"': [("escaped",)],
    'folded: "REPL\\\n  ACE-it"': [("folded",)],
    "lines: |\n  one\n  REPLACE-it": [("lines",)],
    'no: "REPL\n  ACE-it"': [],
    "no: Replace-it # REPLACE-it": [],
}


@pytest.mark.parametrize("text", WRITTEN)
def test_a_placeholder_is_found(text: str) -> None:
    assert found(yamlio.load(text.encode())[0], text.encode()) == WRITTEN[text]


PIECES = st.lists(
    st.sampled_from(["REPLACE-", "R", "EPLACE-", "a", " ", "\n", "'", '"', "\\", "é", "#", ": "]), max_size=6
)


@given(PIECES.map("".join), st.sampled_from([None, "'", '"', "|", ">"]), st.integers(1, 20), st.booleans())
def test_a_file_hides_none(text: str, style: str | None, width: int, is_key: bool) -> None:
    written = yaml.dump({text: 1} if is_key else {"a": text}, default_style=style, width=width).encode()
    document, problems = yamlio.load(written)
    if not problems:
        assert found(document, written) == found(document)


def found(document: Any, data: bytes = b"") -> list[Path]:
    return [violation.path for violation in placeholders.find(document, data)]
