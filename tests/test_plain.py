"""The reader of plain lines gives what the reader of all YAML gives, or nothing."""

from __future__ import annotations

import itertools
import re
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pggitops import yamlio
from pggitops.yamlio import expanding, loading, plain, reader, scalars, source

ROOT = Path(__file__).parent.parent
OVERLAYS = [
    file
    for root in (ROOT, ROOT / "tests/golden/fleet")
    for file in sorted((root / "environments").rglob("*.yaml"))
    if file.parent.name != "manifests"
]
TEXTS = [file.read_text() for file in OVERLAYS]
MANIFESTS = [file.read_text() for file in sorted((ROOT / "rendered").rglob("*.yaml"))]

KEYS = [
    "a",
    "b",
    "c-d",
    "e.f/g",
    "_",
    '"a"',
    '"1"',
    "'a'",
    "1",
    "null",
    "true",
    "~",
    "<<",
    "?",
    "a b",
    "é",
    "",
    "&x a",
    "k" * 1100,
    f'"{"q" * 1100}"',
]
VALUES = (
    """
1|-1|+1|1.5|.5|-.inf|.nan|0x1F|0o17|017|1e3|1_000|99999999999999999999|true|False|null|~|~x|no|2024-01-01
12:30:45|a|a b|a: b|a:b|a :b|a:|:a|a #b|a#b|#a|# a|"a"|"a" b|"a"#b|"a" #b|"a #b"|"a\\nb"|"a|'a'|'it''s'|'a
"a": b|'"a"|- a|-a|--- a|---|...|? a|!t a|!!str a|&x a|*x|@a|`a|%a|{a|[a|[]|{}|[ ]|[a]|[a, b]|[a, "b, c"]
[a,b]|[a,, b]|[a, b,]|[a b]|[1, true, null, x]|[a]: b|{a: 1}|{a: 1, b: x}|{"a": "b"}|{a: b: c}
{a: {b: [c, {d: e}]}}|{a: 1, a: 2}|{true: 1}|{1: a}|{a}|{a: }|{a: b} c|{a: b} #c|[a #b]
[[[[[[[[[[[[[[[[[a]]]]]]]]]]]]]]]]]|{a:1}|{a: *x}|{a: !t b}|*/5 * * * *|47 */6 * * *|a\tb|a\t|/a|>|>-|a >|a, b
a] b|é|a é|a\u00a0|key|"é"|arn:aws:iam::1:role/x|https://x.y/z?a=b#c|x, y: z|[a: b]|[a: b, c]|"\\x41"|-0|0|00
1.|1.e1|+|-|.|..|.a|-a b|<<|=|a\\b|y|N|on|Off|yes|0b1|-0b+1|+0x1F|010|08|1_0.5|3.0|1e21|.5_0|+.inf|[y]|{n: off}
[{a: b, c: d}]|{a: 17 1 * * 0, b: [x y, "z"]}|[a  b]|[a -b]|[a - b]|[- a]|[a *b]|{a b: c}|[a b: c]|[a"b"]|["a"b]
{a: [b}|[a]]|[a, , b]|[a,\tb]|{"a" : b}|{a : b}|[a%b, /c]|[1 2]|[ 1 , 2 ]|{a: {b: 1, b: 2}}|[a, {1: b}]|[~ a]
{a: b, }|{a: [ ], b: {}}|[[a], [b, [c]]]|{a: "b", "c": 1}|{a: b c: d}|[, a]|{, a: b}|[a}|{a: <<}|{<<: a}
{a: b@c:d}|[a:b]|[a::b]|[a:]|[a :b]|{a:b: c}|{a: b:c}|['a', 'b c']|['a''b']|{'a': b}|['a'b]|{a: 'b', c: "d'"}|[a: ]
""".strip()
    .replace("\n", "|")
    .split("|")
)

keys = st.sampled_from(KEYS)
values = st.sampled_from(VALUES)
bodies = st.one_of(
    st.tuples(keys, values).map(lambda pair: f"{pair[0]}: {pair[1]}"),
    st.sampled_from([*KEYS[:6], "a", "b"]).map(lambda key: f"{key}:"),
    st.tuples(keys, st.sampled_from(["", " ", "  "]), values).map(lambda parts: f"{parts[0]}:{parts[1]}{parts[2]}"),
    values,
    st.sampled_from(["", "# comment", "...", "---", "%YAML 1.2"]),
)
dashes = st.sampled_from(["", "", "", "- ", "- ", "-  ", "- - ", "-"])
indents = st.sampled_from([0, 0, 0, 2, 2, 4, 1, 3, 6])
line = st.tuples(indents, dashes, bodies).map(lambda parts: " " * parts[0] + parts[1] + parts[2])
written = st.lists(line, max_size=8).map("\n".join)

TOKENS = [
    "[",
    "]",
    "{",
    "}",
    "[",
    "]",
    ",",
    ", ",
    " ",
    "a: ",
    "b: ",
    "c",
    "d e",
    "* ",
    "-",
    "1",
    '"f"',
    "'g'",
    ":",
    ": ",
    "@=",
    "#",
]
flows = st.lists(st.sampled_from(TOKENS), min_size=1, max_size=14).map("".join)
flows = st.one_of(flows, flows.map("[{}]".format), flows.map("{{a: {}}}".format))

edits = st.lists(
    st.tuples(st.integers(0, 200), st.sampled_from(["remove", "repeat", "in", "out", "swap", "put"]), line, values),
    min_size=1,
    max_size=3,
)


def edited(text: str, changes: list[tuple[int, str, str, str]]) -> str:
    """A text with some of its lines spoilt, as people do."""
    lines = text.split("\n")
    for where, what, other, value in changes:
        at = where % len(lines)
        was = lines[at]
        lines[at : at + 1] = {
            "remove": [],
            "repeat": [was, was],
            "in": [f"  {was}"],
            "out": [was.removeprefix("  ")],
            "swap": [f"{was.partition(':')[0]}: {value}"],
            "put": [other, was],
        }[what] or [""]
    return "\n".join(lines)


# the reader of lines, and that of all YAML: for overlays, and for what others wrote
READERS: list[tuple[plain.Lines, type[reader.Reader] | None]] = [
    (loading._LINES, None),
    (expanding._LINES, expanding._Expanding),
]


def assert_agrees(text: str) -> None:
    decoded, problems = source.decode(text.encode(), 1 << 20)
    if decoded is None or problems:
        return
    for lines, kind in READERS:
        found = lines.document(decoded)
        if found is None:
            continue
        documents, problems = reader.read_all(decoded, [], kind)
        assert not problems
        # as text, for 1 is not 1.0 and the order counts
        assert [repr(document) for document, _ in documents] == [repr(found)]
        if kind is not None:
            assert yamlio.load_expanded(text.encode(), 1 << 20) == (documents, [])


@given(written)
@settings(max_examples=1000)
def test_what_is_read_line_by_line_is_what_yaml_means(text: str) -> None:
    assert_agrees(text)


@pytest.mark.fuzz
@given(written)
@settings(max_examples=100_000)
def test_what_is_read_line_by_line_is_what_yaml_means_long(text: str) -> None:
    assert_agrees(text)


@given(flows)
@settings(max_examples=1000)
def test_a_flow_is_what_yaml_means(text: str) -> None:
    assert_agrees(f"key: {text}\n")


@pytest.mark.fuzz
@given(flows)
@settings(max_examples=100_000)
def test_a_flow_is_what_yaml_means_long(text: str) -> None:
    assert_agrees(f"key: {text}\n")


@given(st.sampled_from([*TEXTS, *MANIFESTS]), edits)
@settings(max_examples=500)
def test_a_spoilt_overlay_is_never_read_as_another(text: str, changes: list[tuple[int, str, str, str]]) -> None:
    assert_agrees(edited(text, changes))


@pytest.mark.fuzz
@given(st.sampled_from([*TEXTS, *MANIFESTS]), edits)
@settings(max_examples=20_000)
def test_a_spoilt_overlay_is_never_read_as_another_long(text: str, changes: list[tuple[int, str, str, str]]) -> None:
    assert_agrees(edited(text, changes))


def test_each_key_with_each_value() -> None:
    shapes = [
        "{key}: {value}",
        "- {value}",
        "a:\n- {key}: {value}\n  z: 1",
        "a:\n  {key}: {value}\nb: 2",
        "a: 1\n {value}",
    ]
    for shape, key, value in itertools.product(shapes, KEYS, VALUES):
        assert_agrees(shape.format(key=key, value=value))


@pytest.mark.parametrize("file", OVERLAYS, ids=[str(file.relative_to(ROOT)) for file in OVERLAYS])
def test_an_overlay_is_read_line_by_line(file: Path) -> None:
    text = file.read_text()
    assert plain.Lines(scalars.meaning, _never).document(text) is not None
    assert_agrees(text)


def test_what_is_rendered_is_read_line_by_line() -> None:
    """All but what has a text of several lines."""
    unread = [text for text in MANIFESTS if expanding._LINES.document(text) is None]
    assert 0 < len(unread) < len(MANIFESTS) / 10
    assert all(re.search(r": \|-?$", text, re.MULTILINE) for text in unread)
    for text in MANIFESTS:
        assert_agrees(text)


def _never(text: str) -> Any:
    raise AssertionError(f"PyYAML is imported for {text}")


def test_documents_of_equal_lines_share_nothing() -> None:
    first, second = (yamlio.load(b"a: {b: [c]}\n")[0] for _ in range(2))
    first["a"]["b"].append("d")
    assert second == {"a": {"b": ["c"]}}
    assert yamlio.load(b"a: {b: [c]}\n") == ({"a": {"b": ["c"]}}, [])


def test_more_lines_than_are_remembered() -> None:
    expected: dict[str, Any] = {f"key-{number}": number for number in range(5_000)}
    text = "".join(f"{key}: {value}\n" for key, value in expected.items())
    assert yamlio.load(text.encode()) == (expected, [])


def test_a_list_may_stand_as_deep_as_its_key() -> None:
    text = "a:\n- b: 1\n  c:\n  - d\n- e\nf: 2\n"
    assert loading._LINES.document(text) == {"a": [{"b": 1, "c": ["d"]}, "e"], "f": 2}
    assert_agrees(text)


@pytest.mark.parametrize(("blocks", "flows"), [(60, 16), (30, 60), (30, 16), (62, 1), (63, 1)])
def test_what_is_nested_too_deep_is_complained_of(blocks: int, flows: int) -> None:
    keys = "".join(f"{' ' * depth}a:\n" for depth in range(blocks))
    assert_agrees(f"{keys}{' ' * blocks}a: {'[' * flows}{']' * flows}\n")
