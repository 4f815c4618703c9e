"""What lines tell of a text is held against the search itself, also after other texts have been seen."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pggitops import clean_lines
from pggitops.clean_lines import is_clean
from pggitops.plain_secrets import MARKS, find
from test_plain_secrets import CASES, SEEDS, filled

# what stands on one line of a secret and what below it, from the cases, and what only looks like it
LINES = sorted(
    {line for case in CASES for line in filled(case["text"]).split("\n")}
    | {seed * 3 for seed in SEEDS if len(seed) < 50}
    | {"", "  ", "|", ">", "-", "'Tr1cky-one'", "  Tr1cky-one", '"', "   value: Tr1cky-one", "value: |", "# a comment"}
    | {
        f"{word}{end}"
        for word in ("- name: PASSWORD", "PASSWORD", "apiKey", "pwd")
        for end in ("", '"', " ", ": |-", ":")
    }
    | {mark.upper() for mark in MARKS}
)
NAMES = st.text(st.sampled_from("abcdef019-_.:/@ 'K\u0130\u03a3\u2028\r"), max_size=20)
TEXTS = st.lists(st.one_of(st.sampled_from(LINES), NAMES), max_size=8).map("\n".join)


@pytest.fixture(autouse=True)
def seen(monkeypatch: pytest.MonkeyPatch) -> set[str]:
    """The lines that are known: at first none."""
    known: set[str] = set()
    monkeypatch.setattr(clean_lines, "_clean", known)
    return known


@settings(max_examples=600, deadline=None)
@given(st.lists(TEXTS, min_size=1, max_size=6))
def test_a_text_of_clean_lines_holds_no_secret(texts: list[str]) -> None:
    for text in texts:
        assert not (is_clean(text) and find(text)), text


def test_every_case_is_told_from_a_clean_text() -> None:
    for _ in range(2):
        for case in CASES:
            text = filled(case["text"])
            assert not (is_clean(text) and find(text)), case["name"]


@pytest.mark.parametrize(
    "text", ["name: PASSWORD\nvalue: Tr1cky-one", "password: |\n  Tr1cky-one", "PASSWORD\n'Tr1cky-one'"]
)
def test_what_goes_on_below_its_line_is_found_beside_lines_that_are_known(text: str) -> None:
    for line in text.split("\n"):
        is_clean(f"{line}\n\n\n")
    assert find(text)
    assert not is_clean(text)


def test_lines_that_only_speak_of_secrets_are_clean() -> None:
    lines = [
        "password: ${APP_PASSWORD}",
        "tolerations: [{key: workload}]",
        "secret: shop-backups",
        "url: https://a.example",
    ]
    assert is_clean("\n".join(lines))


def test_of_a_large_fleet_as_few_lines_are_kept_as_of_a_small_one(seen: set[str]) -> None:
    for number in range(6_000):
        assert is_clean(f"namespace: databases-{number}\n{'x' * 2000}{number}")
    assert 100 < len(seen) < 2000
    assert max(map(len, seen)) < 1000
