"""What many objects have alike is made once, and there is an end to what is kept of it."""

from __future__ import annotations

from typing import Any

from pggitops import yamlio
from pggitops.parts import sharing
from pggitops.yamlio import emitter


class Traced(str):
    """A name that knows where it was read."""


def test_the_same_for_the_same_and_another_for_another() -> None:
    made = []

    @sharing.shared
    def labels(name: str, *more: str) -> dict[str, Any]:
        """What it says."""
        made.append(name)
        return {"name": name, "more": [*more]}

    assert labels("a") is labels("a")
    assert labels("a", "b") == {"name": "a", "more": ["b"]}
    assert labels("b") == {"name": "b", "more": []}
    assert made == ["a", "a", "b"]
    assert labels.__name__ == "labels"
    assert labels.__doc__ == "What it says."


def test_what_is_given_by_name_counts_too() -> None:
    @sharing.shared
    def label(name: str, value: str = "") -> dict[str, str]:
        return {name: value}

    assert [label("a", value="b"), label("a", value="c"), label(name="d")] == [{"a": "b"}, {"a": "c"}, {"d": ""}]


def test_a_trace_sees_it_made_for_each() -> None:
    @sharing.shared
    def label(name: str) -> dict[str, str]:
        return {"name": name}

    assert type(label("a")["name"]) is str
    assert [type(label(Traced("a"))["name"]) for _ in range(2)] == [Traced, Traced]
    assert type(label("a")["name"]) is str


def test_nothing_is_a_good_answer() -> None:
    @sharing.shared
    def none(name: str) -> dict[str, str] | None:
        return None

    assert none("a") is None
    assert none("a") is None


def test_there_is_an_end_to_what_is_kept() -> None:
    @sharing.shared
    def numbers(name: str) -> list[str]:
        return [name]

    before = len(emitter._fixed)
    kept = []
    for number in range(3 * sharing._MOST):
        kept.append(numbers(str(number)))
        assert yamlio.dump({"k": kept[-1]}) == f'k:\n- "{number}"\n'
    assert len(emitter._fixed) - before <= sharing._MOST
    assert [yamlio.dump(one) for one in kept] == [f'- "{number}"\n' for number in range(3 * sharing._MOST)]
