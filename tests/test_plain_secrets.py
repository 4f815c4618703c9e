"""What of a text is a secret, and what only looks like one: `tests/cases/secrets.yaml`."""

from __future__ import annotations

import itertools
import random
import re
import string
import time
from pathlib import Path
from typing import Any

import pytest
import yaml

from pggitops.plain_secrets import MAX_SPOTS, find, masked

CASES = yaml.safe_load((Path(__file__).parent / "cases" / "secrets.yaml").read_text(encoding="utf-8"))
ALPHABETS = {"@": string.ascii_letters + string.digits, "#": string.ascii_uppercase + "234567", "%": "0123456789abcdef"}


def filled(text: str) -> str:
    """The text with `@36` and the like replaced by as many characters, of every sort."""
    generator = random.Random(7)

    def some(match: re.Match[str]) -> str:
        alphabet = ALPHABETS[match[1]]
        start = "Aa0" if match[1] == "@" else ""
        return (start + "".join(generator.choices(alphabet, k=int(match[2]))))[: int(match[2])]

    return re.sub(r"([@#%])(\d\d?)(?!\d)", some, text)


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["name"])
def test_case(case: dict[str, Any]) -> None:
    text = filled(case["text"])
    found = [f"{spot.kind.value} {spot.line}:{spot.column}" for spot in find(text)]
    assert found == case.get("found", []), text


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["name"])
def test_what_is_said_and_shown_of_a_secret_is_not_the_secret(case: dict[str, Any]) -> None:
    lines = filled(case["text"]).split("\n")
    for spot in find("\n".join(lines)):
        rest = lines[spot.line - 1][spot.column - 1 :]
        assert not any(rest[start : start + 6] in spot.what for start in range(len(rest) - 5) if rest[start] != "-")
    for line in lines:
        for spot in find(line)[:1]:
            assert masked(line) == f"{line[: spot.column - 1]}…"


def test_a_file_full_of_them_is_one_mistake() -> None:
    assert len(find("password: tiger\n" * 10_000)) == MAX_SPOTS


SEEDS = (
    "password",
    "password: ",
    "password: $x ",
    "password='",
    "name: password, value: ",
    "token: ",
    "eyJ",
    "eyJaaaaaaaaaa.",
    "eyJaaaaaaaaaa.eyJ",
    "glpat-",
    "xoxb-1",
    "sig=",
    "://",
    "://a:",
    "://a:b@",
    "-----BEGIN ",
    "-----BEGIN PRIVATE KEY-----",
    "LS0tLS1CRUdJTi",
    "AKIA",
    "AccountKey=" + "A" * 80,
    "password" + " " * 30,
    "#",
    "{" * 50,
    "a" * 50,
)


@pytest.mark.parametrize("seed", SEEDS)
def test_a_hostile_line_of_a_megabyte_is_read(seed: str) -> None:
    """In a second or so of CPU: a square of its length would be hours."""
    text = (seed * ((1 << 20) // len(seed) + 1))[: 1 << 20] + " token password ://"
    start = time.process_time()
    find(text)
    assert time.process_time() - start < 60


def test_any_two_forms_beside_each_other_are_survived() -> None:
    for one, other in itertools.permutations(SEEDS, 2):
        find(f"{one}{other}\n{one} {other}")
