"""What others wrote is read as kubectl, Argo CD and Flux read it: held against their library, scalar by scalar."""

from __future__ import annotations

import json
import random
from pathlib import Path
from typing import Any

import pytest

import go_reader
from pggitops import yamlio
from test_yamlio import HOSTILE, exactly

TABLE = json.loads((Path(__file__).parent / "cases" / "yaml" / "kubectl.json").read_text("utf-8"))
"""Plain scalars, the value of each and what it is called as a key; either is missing where there can be none."""
PIECES = [
    *"0123456789012345678900+-._eExXoObBaAfFnNyYtT~: é",
    *("0x", "0b", "0o", "00", "0.0000", "1e", "e+", "e-", "e308", "e38", "e-45", "1_000", "inf", ".inf", ".nan", "<<"),
    *("null", "true", "yes", "off", "2024-01-01", "T10:00:00Z", "9223372036854775807", "18446744073709551615"),
]
SHAPES = [
    *("a: {}\n", "{}: 1\n", "- {}\n", "[{} ]\n", "&x {}: *x\n", "a: &x {}\n*x : 1\n"),
    *("a: !!str {}\n", "a: !!int {}\n", "a: !!float '{}'\n", "a: !!bool {}\n", "!!str {}: 2\n", "a: {}\r\nb: 1\r\n"),
]


@pytest.fixture(scope="module")
def read_by_go(tmp_path_factory: pytest.TempPathFactory) -> go_reader.Read:
    return go_reader.built(tmp_path_factory.mktemp("go"))


def read(text: str) -> dict[str, Any]:
    """As the library answers."""
    documents, problems = yamlio.load_expanded(text.encode(), 1 << 20)
    return {"error": [problem.message for problem in problems]} if problems else {"value": documents[0][0]}


def bounded(value: Any) -> Any:
    """With integers of more than 64 bits as the floats they are to an API server."""
    if isinstance(value, dict):
        return {key: bounded(each) for key, each in value.items()}
    if isinstance(value, list):
        return [bounded(each) for each in value]
    return float(value) if value.__class__ is int and not -(1 << 63) <= value < 1 << 64 else value


def in_order(value: Any) -> str:
    return json.dumps(value, sort_keys=True)


def row(answer: Any, key_answer: Any) -> dict[str, Any]:
    found: dict[str, Any] = {}
    if "value" in answer:
        found["value"] = bounded(answer["value"]["a"])
    if "value" in key_answer:
        (found["key"],) = key_answer["value"]
    return found


def texts_of(scalar: str) -> tuple[str, str]:
    return f"a: {scalar}\n", f"{scalar}: 1\n"


@pytest.mark.parametrize("text", TABLE)
def test_a_plain_scalar(text: str) -> None:
    value, key = map(read, texts_of(text))
    assert exactly(row(value, key)) == exactly(TABLE[text])


def test_the_table_is_true(read_by_go: go_reader.Read) -> None:
    answers = read_by_go([text for scalar in TABLE for text in texts_of(scalar)])
    found = dict(zip(TABLE, map(row, answers[::2], answers[1::2]), strict=True))
    assert exactly(found) == exactly(TABLE)


def generated(seed: int, count: int) -> list[str]:
    source = random.Random(seed)
    words = ["".join(source.choices(PIECES, k=source.randint(1, 6))) for _ in range(count)]
    return [shape.replace("{}", word) for word in words for shape in SHAPES]


def soup(seed: int, count: int) -> list[str]:
    source = random.Random(seed)
    pieces = [
        *HOSTILE["atoms"],
        *("a: ", "- ", "\n  ", "\n- ", "\n", "\r\n", "&x ", "*x", "!!str ", "<<: ", "y: ", "b: "),
    ]
    pieces += ["yes", "0x1", "{", "}", "[", "]", ", "]
    return ["".join(source.choices(pieces, k=source.randint(1, 8))) for _ in range(count)]


def disagreements(read_by_go: go_reader.Read, texts: list[str]) -> list[Any]:
    """Where something else is read, or read and not complained of."""
    found = []
    for text, answer in zip(texts, read_by_go(texts), strict=True):
        own = read(text)
        if "value" in own and in_order(bounded(answer)) != in_order(own):
            found.append((text, answer, own))
    return found


def only_refused(read_by_go: go_reader.Read, texts: list[str]) -> list[Any]:
    """What the library reads and we do not."""
    return [
        text
        for text, answer in zip(texts, read_by_go(texts), strict=True)
        if "value" in answer and "error" in read(text)
    ]


def test_generated_scalars(read_by_go: go_reader.Read) -> None:
    texts = generated(seed=1, count=2_000)
    assert disagreements(read_by_go, texts) == []
    assert only_refused(read_by_go, texts) == []


def test_generated_files(read_by_go: go_reader.Read) -> None:
    assert disagreements(read_by_go, soup(seed=1, count=5_000)) == []


@pytest.mark.fuzz
@pytest.mark.parametrize("seed", range(2, 12))
def test_generated_scalars_and_files_long(read_by_go: go_reader.Read, seed: int) -> None:
    scalars = generated(seed, count=10_000)
    assert disagreements(read_by_go, [*scalars, *soup(seed, count=20_000)]) == []
    assert only_refused(read_by_go, scalars) == []
