"""What others wrote with anchors: aliases and merge keys are read as kubectl does, in bounds, and have their places."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from pggitops import yamlio
from pggitops.findings import dotted
from test_yamlio import SHORT_RUN, files, paths

SHARED = """\
small: &small
  requests: &request {cpu: 1, memory: 2Gi}
  limits: *request
one: *small
two:
  <<: *small
  limits: {cpu: 9}
three: {<<: [*request, {cpu: 7, disk: 3}], memory: 1Gi}
"<<": kept
&word name: *word
list: [*request, &last [a, b], *last]
"""


def read(text: str) -> tuple[Any, list[yamlio.Problem]]:
    documents, problems = yamlio.load_expanded(text.encode(), 1 << 20)
    return (documents[0][0] if documents else None), problems


def test_what_is_named_stands_there() -> None:
    request = {"cpu": 1, "memory": "2Gi"}
    small = {"requests": request, "limits": request}
    expected = {"small": small, "one": small, "two": {"requests": request, "limits": {"cpu": 9}}}
    expected["three"] = {"cpu": 1, "disk": 3, "memory": "1Gi"}
    more = {"<<": "kept", "name": "name", "list": [request, ["a", "b"], ["a", "b"]]}
    assert read(SHARED) == ({**expected, **more}, [])


def test_nothing_stands_in_two_places() -> None:
    document, _ = read(SHARED)
    document["one"]["limits"]["cpu"] = 5
    assert document["small"]["limits"]["cpu"] == document["small"]["requests"]["cpu"] == 1
    document["two"]["requests"]["cpu"] = 6
    assert document["small"]["requests"]["cpu"] == 1


PLACES = {
    "one": "small",
    "one.limits": "*request",
    "one.limits.cpu": "1, memory",
    "two.requests.memory": "2Gi",
    "two.limits.cpu": "9",
    "three.cpu": "1, memory",
    "three.disk": "3}",
    "three.memory": "1Gi",
    "list[0].memory": "2Gi",
    "list[2][1]": "b]",
}


def test_where_it_stands() -> None:
    marks, lines = yamlio.marks(SHARED.encode()), SHARED.splitlines()
    document, _ = read(SHARED)
    assert set(paths(document)) <= marks.keys()
    found = {dotted(path): mark.value for path, mark in marks.items()}
    for path, expected in PLACES.items():
        line, column = found[path]
        assert lines[line - 1][column - 1 :].lstrip("*&").startswith(expected.lstrip("*")), path


WRONG = {
    "a: *nowhere\n": ("yaml-alias", 1, 4),
    "a: &a [*a]\n": ("yaml-alias", 1, 8),
    "a: &a 1\n---\nb: *a\n": ("yaml-alias", 3, 4),
    "a: &a 1\nb: {<<: *a}\n": ("yaml-merge-key", 2, 5),
    "a: &a {}\nb: {<<: [*a, 1]}\n": ("yaml-merge-key", 2, 5),
    "a: &a {}\n*a : 1\n": ("yaml-key", 2, 1),
    "a: &a !!set {}\n": ("yaml-tag", 1, 4),
    "a: &a 1\na: *a\n": ("yaml-duplicate-key", 2, 1),
    "a: &b a\n*b : 1\n": ("yaml-duplicate-key", 2, 1),
    "y: 1\nyes: 2\n": ("yaml-duplicate-key", 2, 1),
    "8: 1\n010: 2\n": ("yaml-duplicate-key", 2, 1),
    "a: {~: 1}\n": ("yaml-key", 1, 5),
    "a: &a\n*a : 1\n": ("yaml-key", 2, 1),
    "18446744073709551615: 1\n": ("yaml-key", 1, 1),
    "a: [.inf]\n": ("yaml-number", 1, 5),
    "&a -.inf: 1\nb: *a\n": ("yaml-number", 2, 4),
    "a: !!int 1.5\n": ("yaml-tag", 1, 4),
    "a: !!bool maybe\n": ("yaml-tag", 1, 4),
    "a: !!binary aGk=\n": ("yaml-tag", 1, 4),
    "a: !!map []\n": ("yaml-tag", 1, 4),
    "a: 1\r\nb: *c\r\n": ("yaml-alias", 2, 4),
}


@pytest.mark.parametrize("text", WRONG)
def test_what_is_wrong_is_told_at_its_place(text: str) -> None:
    (problem,) = read(text)[1]
    assert (problem.id, problem.line, problem.column) == WRONG[text]
    assert problem.fix


def bomb(levels: int) -> str:
    rows = ["a0: &a0 {k: v}"]
    rows += [f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 10)}]" for n in range(1, levels)]
    return "\n".join(rows) + "\n"


def test_aliases_that_multiply_are_refused_once() -> None:
    (problem,) = read(bomb(9))[1]
    assert problem.id == "yaml-alias"
    assert "more than 100,000 values" in problem.message
    assert 1 < problem.line < 9
    assert read(bomb(4))[1] == []
    assert len(yamlio.marks(bomb(9).encode())) < 300_000


def test_aliases_that_grow_deep_are_refused_once() -> None:
    rows = ["a0: &a0 [x]"] + [f"a{n}: &a{n} [[[[[[[[*a{n - 1}]]]]]]]]" for n in range(1, 10)]
    (problem,) = read("\n".join(rows) + "\n")[1]
    assert problem.id == "yaml-too-deep"


@SHORT_RUN
@given(files)
def test_any_bytes_are_read_or_complained_of(data: bytes) -> None:
    documents, problems = yamlio.load_expanded(data, 1 << 20)
    for problem in problems:
        assert problem.message
        assert problem.fix
    for number, (document, _) in enumerate(documents if not problems else []):
        assert set(paths(document)) <= yamlio.marks(data, number, is_expanded=True).keys()
    yamlio.marks(data)


anchored = st.lists(
    st.tuples(st.sampled_from("abcd"), st.sampled_from(["1", "{x: 1}", "{x: 2, v: *p}", "{<<: *q, v: 3}", "[*p, *q]"])),
    min_size=1,
    max_size=5,
    unique_by=lambda one: one[0],
)


@SHORT_RUN
@given(anchored, st.sampled_from(["*p", "{<<: *q}", "{<<: [*q, *p], x: 8}", "[*q]"]))
def test_it_is_read_as_others_read_it(rows: list[tuple[str, str]], last: str) -> None:
    text = "p: &p {x: 5, z: 6}\nq: &q {v: 7, w: *p}\n"
    text += "".join(f"{key}: {value}\n" for key, value in rows)
    text += f"end: {last}\n"
    assert read(text) == (yaml.load(text, yaml.CSafeLoader), [])


def test_an_anchor_may_be_moved() -> None:
    assert read("a: &x 1\nb: *x\nc: &x 2\nd: *x\n") == ({"a": 1, "b": 1, "c": 2, "d": 2}, [])


def test_tags_of_yaml_are_read() -> None:
    text = "a: !!str yes\nb: !!int '0x1f'\nc: !!bool on\nd: !!float 1\ne: !!null ''\nf: !!map {!!str 1: !!seq []}\n"
    assert read(text) == ({"a": "yes", "b": 31, "c": True, "d": 1, "e": None, "f": {"1": []}}, [])


ENDS = (
    "# a comment\na: one\nb:\n  - |\n    two\n    three\n  - 'four\n    five'\n  - y: {on: *x}\n---\nc: &x 2\nd: *x\n"
)


@pytest.mark.parametrize("end", ["\r\n", "\r"])
def test_any_line_ends_are_read_and_places_stay(end: str) -> None:
    text = ENDS.replace("*x}", "1}")
    data, other = text.encode(), text.replace("\n", end).encode()
    assert yamlio.load_expanded(other, 1 << 20) == yamlio.load_expanded(data, 1 << 20)
    assert yamlio.load_expanded(other, 1 << 20)[1] == []
    for number in range(2):
        assert yamlio.marks(other, number, is_expanded=True) == yamlio.marks(data, number, is_expanded=True)


def test_keys_are_marked_by_what_they_are_called() -> None:
    marks = yamlio.marks(b"a: {n: yes, 010: '5', 7: x, \"true\": on}\n", is_expanded=True)
    assert [(path, mark.plain, mark.renamed) for path, mark in marks.items()][2:] == [
        (("a", "false"), "yes", "n"),
        (("a", "8"), "", "010"),
        (("a", "7"), "x", ""),
        (("a", "true"), "on", ""),
    ]
    assert ("a", "n") in yamlio.marks(b"a: {n: yes}\n")


def test_overlays_stay_strict(tmp_path: Path) -> None:
    assert {problem.id for problem in yamlio.load(SHARED.encode())[1]} == {
        "yaml-anchor",
        "yaml-alias",
        "yaml-merge-key",
    }
    assert yamlio.load(b"a: off\nb: 010\nc: !!str 1\r\nn: 1\n")[0] == {"a": "off", "b": 10, "c": "1", "n": 1}
