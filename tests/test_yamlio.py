"""The reader says where and why a file is no good; what the writer writes, every reader reads as the same."""

import copy
import importlib.util
import json
import random
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import go_reader
from pggitops import yamlio
from pggitops.errors import CannotGoOn
from pggitops.yamlio import emitter
from pggitops.yamlio.reader import MAX_DEPTH

CASES = Path(__file__).parent / "cases" / "yaml"
READER_CASES = yaml.load((CASES / "reader.yaml").read_bytes(), yaml.CSafeLoader)
HOSTILE = json.loads((CASES / "hostile.json").read_text("ascii"))
STRINGS = [text for family in HOSTILE["strings"].values() for text in family]
LONG_RUN = settings(max_examples=10_000, deadline=None, suppress_health_check=list(HealthCheck))
SHORT_RUN = settings(max_examples=150, deadline=None, suppress_health_check=list(HealthCheck))

hostile = st.one_of(
    st.sampled_from(STRINGS),
    st.lists(st.sampled_from(HOSTILE["atoms"]), max_size=6).map("".join),
    st.lists(st.one_of(st.sampled_from(STRINGS), st.text(max_size=3)), max_size=3).map("".join),
    st.text(max_size=20),
)
numbers = st.one_of(
    st.integers(-(1 << 63), (1 << 64) - 1), st.floats(allow_nan=False, allow_infinity=False), st.integers(-20, 20)
)
scalars = st.one_of(hostile, st.none(), st.booleans(), numbers)
documents = st.recursive(
    scalars,
    lambda inner: st.one_of(st.lists(inner, max_size=4), st.dictionaries(hostile, inner, max_size=4)),
    max_leaves=20,
)
soup = st.lists(st.sampled_from([*HOSTILE["atoms"], "a: ", "- ", "\n  ", "\n- ", "\n", "&x ", "*x", "!!str ", "<<: "]))
files = st.one_of(st.binary(max_size=200), st.text(max_size=100).map(str.encode), soup.map("".join).map(str.encode))


def exactly(document: Any) -> str:
    """A text that tells 1 from 1.0 and from true, and one order of keys from another."""
    return json.dumps(document, ensure_ascii=True)


# The reader


@pytest.mark.parametrize("case", READER_CASES, ids=[case["name"] for case in READER_CASES])
def test_reading(case: dict[str, Any]) -> None:
    data = case["text"].encode() if "text" in case else case["bytes"].encode("latin-1")
    document, problems = yamlio.load(data)
    told = [f"{one.id} {one.line}:{one.column} {one.message}. {one.fix}" for one in problems]
    expected = [one.split(" ", 2) for one in case.get("problems", [])]
    assert [one.split(" ", 2)[:2] for one in told] == [[id, place] for id, place, _ in expected]
    for one, (_, _, words) in zip(told, expected, strict=True):
        assert words in one
    if "value" in case:
        assert exactly(document) == exactly(case["value"])


TOO_MUCH = {
    "10 MB": (b"a: 1\n" * 2_000_000, "yaml-too-large", "10,000,000 bytes"),
    "10 MB that is no UTF-8": (b"\xff" * 10_000_000, "yaml-too-large", "10,000,000 bytes"),
    "5,000 brackets": (b"[" * 5_000, "yaml-too-deep", "nesting"),
    "5,000 brackets on 5,000 lines": (b"[\n" * 5_000, "yaml-too-deep", "nesting"),
    "5,000 braces": (b"{a: " * 5_000, "yaml-too-deep", "nesting"),
    "5,000 lists": (b"- " * 5_000, "yaml-too-deep", "nesting"),
    "5,000 maps": (b"".join(b" " * (i % 1000) + b"a:\n" for i in range(1_000)), "yaml-too-deep", "nesting"),
    "5,000 keys": (b"? " * 5_000, "yaml-too-deep", "nesting"),
    "an integer of 100,000 digits": (b"a: " + b"1" * 100_000, "yaml-number", "64 bits"),
    "a float of 100,000 digits": (b"a: " + b"1" * 100_000 + b".0", "yaml-number", "64 bits"),
}


@pytest.mark.parametrize("name", TOO_MUCH)
def test_too_much_is_one_problem(name: str) -> None:
    data, id, words = TOO_MUCH[name]
    _, problems = yamlio.load(data)
    assert [problem.id for problem in problems if problem.id != "yaml-key"] == [id]
    assert words in problems[-1].message
    assert yamlio.marks(data).keys() <= {(), ("a",)}


def test_the_greatest_depth_and_size_that_are_read() -> None:
    deep = b"[" * (MAX_DEPTH + 1) + b"]" * (MAX_DEPTH + 1)
    assert yamlio.load(deep)[1] == []
    assert len(yamlio.marks(deep)) == MAX_DEPTH + 1
    assert [problem.id for problem in yamlio.load(b"[" + deep + b"]")[1]] == ["yaml-too-deep"]
    large = b"a: 1 #" + b"x" * 100
    assert yamlio.load(large, limit=len(large)) == ({"a": 1}, [])
    assert [problem.id for problem in yamlio.load(large, limit=len(large) - 1)[1]] == ["yaml-too-large"]


def test_every_document_of_a_file() -> None:
    data = b"# first\na: 1\n---\n# second\nb: 2\n---\n- 3\n...\n"
    assert yamlio.load_all(data) == ([({"a": 1}, 2), ({"b": 2}, 3), ([3], 6)], [])


def test_aliases_that_multiply_cost_nothing() -> None:
    lines = ["a0: &a0 x", *(f"a{i}: &a{i} [{', '.join([f'*a{i - 1}'] * 9)}]" for i in range(1, 50))]
    data = "\n".join(lines).encode()
    _, problems = yamlio.load(data)
    assert len(problems) == 50 + 49 * 9
    assert len(yamlio.marks(data)) < 110_000


def never_raises(data: bytes) -> None:
    document, problems = yamlio.load(data)
    lines = data.decode("utf-8", "replace").replace("\r\n", "\n").replace("\r", "\n").split("\n")
    for problem in problems:
        assert problem.id.startswith("yaml-")
        assert problem.message
        assert problem.fix
        assert 1 <= problem.line <= len(lines)
        assert 1 <= problem.column <= len(lines[problem.line - 1]) + 1
    if not problems:
        plain = yaml.load(data, yaml.CBaseLoader)
        assert_reads_as(document, plain)
        assert yamlio.marks(data).keys() == set(paths(document))
    yamlio.marks(data, 1)


def assert_reads_as(document: Any, plain: Any) -> None:
    """The same shape and texts as PyYAML reads that takes every scalar for a string."""
    if isinstance(plain, dict):
        assert list(document) == list(plain)
        for key, value in plain.items():
            assert_reads_as(document[key], value)
    elif isinstance(plain, list):
        assert len(document) == len(plain)
        for item, value in zip(document, plain, strict=True):
            assert_reads_as(item, value)
    elif isinstance(document, str):
        assert document == plain
    else:
        assert exactly(document) == exactly(yaml_1_2(plain))


def yaml_1_2(text: str) -> Any:
    """What YAML 1.2's core schema takes a plain scalar for, without a regular expression."""
    words = {"": None, "~": None, "null": None, "true": True, "false": False}
    if text in words or text in (word.title() for word in words) or text in (word.upper() for word in words):
        return words[text.lower()]
    for convert in (int, lambda number: int(number[2:], {"0o": 8, "0x": 16}[number[:2]]), float):
        try:
            return convert(text)
        except (ValueError, KeyError):
            continue
    raise AssertionError(f"{text!r} is a string")


def paths(document: Any, path: yamlio.Steps = ()) -> Iterator[yamlio.Steps]:
    yield path
    steps: Any = document.items() if isinstance(document, dict) else ()
    if isinstance(document, list):
        steps = enumerate(document)
    for step, value in steps:
        yield from paths(value, (*path, step))


@SHORT_RUN
@given(files)
def test_any_bytes_are_read_or_complained_of(data: bytes) -> None:
    never_raises(data)


@pytest.mark.fuzz
@LONG_RUN
@given(files)
def test_any_bytes_are_read_or_complained_of_long(data: bytes) -> None:
    never_raises(data)


# Marks

MARKED = b"""\
# comment
a: 1
b:
  c: {d: [x, "y"]}
  \xf0\x9f\x98\x80: - z
"""
MARKED = MARKED.replace(b": - z", b":\n  - z\n  - e: |\n      text\n    ? f\n    : g")
MARKS = {
    (): ((2, 1), (2, 1)),
    ("a",): ((2, 1), (2, 4)),
    ("b",): ((3, 1), (3, 1)),
    ("b", "c"): ((4, 3), (4, 6)),
    ("b", "c", "d"): ((4, 7), (4, 10)),
    ("b", "c", "d", 0): ((4, 11), (4, 11)),
    ("b", "c", "d", 1): ((4, 14), (4, 14)),
    ("b", "\U0001f600"): ((5, 3), (5, 3)),
    ("b", "\U0001f600", 0): ((6, 5), (6, 5)),
    ("b", "\U0001f600", 1): ((7, 5), (7, 5)),
    ("b", "\U0001f600", 1, "e"): ((7, 5), (7, 8)),
    ("b", "\U0001f600", 1, "f"): ((9, 7), (10, 7)),
}


def test_marks() -> None:
    assert {path: (mark.key, mark.value) for path, mark in yamlio.marks(MARKED).items()} == MARKS


def test_marks_of_one_of_several_documents() -> None:
    data = b"a: 1\n---\nb:\n  c: 2\n--- d\n"
    assert list(yamlio.marks(data)) == [(), ("a",)]
    assert yamlio.marks(data, 1)["b", "c"].value == (4, 6)
    assert yamlio.marks(data, 2)[()].value == (5, 5)
    assert yamlio.marks(data, 3) == {}


def test_what_has_no_name_has_no_mark() -> None:
    marks = yamlio.marks(b"? [a, {b: c}]\n: {d: [e]}\nf: 1\n*x : [g]\nh: 2\n")
    assert {path: mark.value for path, mark in marks.items()} == {(): (1, 1), ("f",): (3, 4), ("h",): (5, 4)}


@pytest.mark.parametrize("data", [b"", b"# a", b"a: [", b"\xff\xfea", b"[" * 100_000, b"\0"])
def test_what_cannot_be_read_has_no_marks(data: bytes) -> None:
    assert yamlio.marks(data).keys() <= {()}


def test_marks_agree_with_the_columns_of_problems() -> None:
    data = "\U0001f600: {é: &x 1}\n".encode()
    [problem] = yamlio.load(data)[1]
    assert yamlio.marks(data)["\U0001f600", "é"].value == (problem.line, problem.column) == (1, 8)


def scalars_are_marked(document: Any) -> None:
    text = yamlio.dump(document)
    lines = text.split("\n")
    marks = yamlio.marks(text.encode())
    assert list(marks) == list(paths(document))
    for path, mark in marks.items():
        if path and isinstance(path[-1], str):
            assert lines[mark.key[0] - 1][mark.key[1] - 1 :].startswith(yamlio.quote(path[-1]))
        value = document
        for step in path:
            value = value[step]
        if not isinstance(value, dict | list):
            alone = yamlio.dump(value).split("\n")[0]
            assert lines[mark.value[0] - 1][mark.value[1] - 1 :] == alone


@SHORT_RUN
@given(documents)
def test_a_mark_is_where_the_text_begins(document: Any) -> None:
    scalars_are_marked(document)


# The writer


def round_trips(document: Any) -> None:
    text = yamlio.dump(document)
    read, problems = yamlio.load(text.encode())
    assert problems == []
    assert exactly(read) == exactly(document)
    assert exactly(yaml.load(text, yaml.CSafeLoader)) == exactly(document)
    assert text.endswith("\n")


@SHORT_RUN
@given(documents)
def test_what_is_written_is_read_as_the_same(document: Any) -> None:
    round_trips(document)


@pytest.mark.fuzz
@LONG_RUN
@given(documents)
def test_what_is_written_is_read_as_the_same_long(document: Any) -> None:
    round_trips(document)
    scalars_are_marked(document)


def test_each_hostile_string_is_read_as_the_same() -> None:
    for text in STRINGS:
        round_trips(text)
        round_trips([text, {"a": text, text: [[text]]}])


def fresh_dump() -> Callable[[Any], str]:
    """`dump` of a writer that has written nothing yet."""
    spec = importlib.util.spec_from_file_location("fresh_emitter", emitter.__file__)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module.dump


@SHORT_RUN
@given(st.lists(st.one_of(documents, st.dictionaries(hostile, hostile)), max_size=3), documents)
def test_what_was_written_before_changes_nothing(before: list[Any], document: Any) -> None:
    dump = fresh_dump()
    for one in before:
        dump(one)
    for key in [step for path in paths(document) for step in path if isinstance(step, str)]:
        dump({"a": key, "b": [key], key: key})
    assert dump(document) == fresh_dump()(document) == yamlio.dump(document)


def test_the_text_of_a_manifest() -> None:
    document = {
        "apiVersion": "v1",
        "metadata": {"name": "a", "labels": {}, "annotations": {"on": "on", "n": "1"}},
        "data": {"init.sql": "SELECT 1;\n\n-- two\n", "one": "line\n", "tail": "a\nb", "blank": "a\nb\n\n"},
        "list": [{"a": 1, "b": [True, None, 1.5]}, [["x"], {}], [], "10.0.0.0/8", "8Gi", "2024-01-01", 1e22],
    }
    assert yamlio.dump(document) == (
        "apiVersion: v1\n"
        'metadata:\n  name: a\n  labels: {}\n  annotations:\n    "on": "on"\n    "n": "1"\n'
        "data:\n  init.sql: |\n    SELECT 1;\n\n    -- two\n"
        '  one: "line\\n"\n  tail: |-\n    a\n    b\n  blank: "a\\nb\\n\\n"\n'
        "list:\n- a: 1\n  b:\n  - true\n  - null\n  - 1.5\n- - - x\n  - {}\n- []\n"
        '- 10.0.0.0/8\n- 8Gi\n- "2024-01-01"\n- 1.0e+22\n'
    )


PLAIN = [
    "payments-db",
    "a b",
    "pgv2.percona.com/v2",
    "docker.io/percona/pg:2.9.0",
    "500m",
    "1.2.3",
    "it;is",
    "_x",
    "/a",
]


@pytest.mark.parametrize("text", PLAIN)
def test_what_needs_no_quotes_has_none(text: str) -> None:
    assert yamlio.quote(text) == text


def test_a_key_too_long_for_one_line() -> None:
    document = {"a": {"k" * 3000: 1, "m" * 2000: {"b": ["c"]}, "n" * 1500: ["d", {"e" * 1200: "f"}]}, "é" * 1024: {}}
    round_trips(document)
    round_trips([[document]])


@pytest.mark.parametrize("value", [object(), 1 << 64, -(1 << 63) - 1, float("inf"), float("nan"), {1, 2}, b"a", (1,)])
def test_what_no_manifest_can_hold_is_refused(value: Any) -> None:
    for document in (value, {"a": value}, [[value]]):
        with pytest.raises(TypeError, match="is no value of a manifest"):
            yamlio.dump(document)


def test_half_a_character_is_refused() -> None:
    for document in ("\ud800", {"\udfff": 1}, ["a\udc80b\nc\nd"]):
        with pytest.raises(CannotGoOn, match="surrogate"):
            yamlio.dump(document)


# Go


@pytest.fixture(scope="session")
def read_by_go(tmp_path_factory: pytest.TempPathFactory) -> Callable[[list[str]], list[Any]]:
    """Reads YAML texts with the library of kubectl, Argo CD and Flux."""
    return go_reader.built(tmp_path_factory.mktemp("go"))


def wrappings(text: str) -> list[Any]:
    """A string as a value, as a key and in a list, at the top and deep inside."""
    return [
        text,
        {"a": text, "z": 1},
        {text: 1, "z z z": {text: {text: None}}},
        [text, "z"],
        {"a": [[text], {text: text}, {"b": [text, {}]}]},
    ]


def disagreements(read_by_go: Callable[[list[str]], list[Any]], strings: list[str]) -> list[Any]:
    documents = [document for text in strings for document in wrappings(text)]
    texts = [yamlio.dump(document) for document in documents]
    answers = read_by_go(texts)
    assert len(answers) == 5 * len(strings)
    pairs = zip(documents, texts, answers, strict=True)
    return [(document, text, answer) for document, text, answer in pairs if answer != {"value": document}]


def generated(seed: int, count: int) -> list[str]:
    source = random.Random(seed)
    pieces = [*HOSTILE["atoms"], *STRINGS]
    return ["".join(source.choices(pieces, k=source.randint(1, 6))) for _ in range(count)]


def test_go_reads_each_hostile_string_as_the_same(read_by_go: Callable[[list[str]], list[Any]]) -> None:
    assert disagreements(read_by_go, STRINGS) == []
    around = ["{} ", " {}", "{}\n", "\n{}", "{}:", ": {}", "{} #", "# {}", "- {}", "{}\na\nb", "a\n{}\n", "a {}", "{}a"]
    assert disagreements(read_by_go, [shape.replace("{}", text) for shape in around for text in STRINGS]) == []


def test_go_reads_generated_strings_as_the_same(read_by_go: Callable[[list[str]], list[Any]]) -> None:
    assert disagreements(read_by_go, generated(seed=1, count=3_000)) == []


@pytest.mark.fuzz
@pytest.mark.parametrize("seed", range(2, 12))
def test_go_reads_generated_strings_as_the_same_long(read_by_go: Callable[[list[str]], list[Any]], seed: int) -> None:
    assert disagreements(read_by_go, generated(seed, count=10_000)) == []


def test_go_reads_numbers_and_the_rest_as_the_same(read_by_go: Callable[[list[str]], list[Any]]) -> None:
    values = [
        0,
        -1,
        10,
        (1 << 63) - 1,
        -(1 << 63),
        (1 << 64) - 1,
        0.1,
        1e22,
        -1e-7,
        1e300,
        5e-324,
        2.0,
        True,
        False,
        None,
    ]
    whole: list[Any] = [*values, {}, [], {"a": {}, "b": []}, [[]], [{}], [[[]], {"c": [{}]}]]
    answers = read_by_go([yamlio.dump(value) for value in whole])
    assert answers == [{"value": value} for value in whole]


def test_go_would_notice(read_by_go: Callable[[list[str]], list[Any]]) -> None:
    answers = read_by_go(["a: yes", "a: y", "a: 1e3", "a: 0o10", "a: 1_000", "a: '<&>'", "a: [", "a: 1\na: 2"])
    assert [answer.get("value") for answer in answers[:6]] == [
        {"a": True}, {"a": True}, {"a": 1000}, {"a": 8}, {"a": 1000}, {"a": "<&>"}
    ]  # fmt: skip
    assert ["error" in answer for answer in answers[6:]] == [True, True]


@pytest.mark.parametrize(
    "value",
    [
        [{"a": 1, "b": [{"c": ["x", ["y", "z"]]}]}, "text", []],
        ["only"],
        {"a": 1, "b": [{"c": {"d": ["x"]}}], "text": "one\ntwo\n", "none": {}},
        {"only": "one"},
        {},
        [],
    ],
)
def test_what_is_fixed_is_written_like_any_other(value: Any) -> None:
    """At every depth, below a key and below a dash, the first time and again."""
    known = yamlio.fixed(copy.deepcopy(value))
    for shape in (
        lambda x: x,
        lambda x: {"k": x},
        lambda x: {"k": {"l": {"m": x, "n": x}}},
        lambda x: [{"k": x}, [{"k": x}], x, [[x], x]],
    ):
        assert [yamlio.dump(shape(known)) for _ in range(2)] == [yamlio.dump(shape(value))] * 2


@pytest.mark.parametrize("count", [0, 1, 1_000, 1_001, 2_500])
def test_a_generator_is_written_like_a_list(count: int) -> None:
    """In one piece and in several, below a key at any depth, and with something behind it."""
    items = [{"a": number, "b": [str(number)]} for number in range(count)]
    for shape in (lambda x: {"k": x}, lambda x: [{"k": {"l": x, "m": 1}}, 2]):
        assert yamlio.dump(shape(item for item in items)) == yamlio.dump(shape(items))


def test_what_is_let_go_of_is_written_as_it_is_then() -> None:
    """Also where another object has its identity later."""
    value = yamlio.fixed([1])
    assert yamlio.dump({"k": value}) == "k:\n- 1\n"
    yamlio.loosen([value])
    value.append(2)
    assert yamlio.dump({"k": value}) == "k:\n- 1\n- 2\n"
    for number in range(3000):
        value = yamlio.fixed([number])
        assert yamlio.dump({"k": value}) == f"k:\n- {number}\n"
        yamlio.loosen([value])


def test_a_file_is_read_whole(tmp_path: Path) -> None:
    """Also one whose size nobody knows beforehand."""
    (tmp_path / "large").write_bytes(b"a" * 200_000)
    assert yamlio.read(tmp_path / "large") == (b"a" * 200_000, [])
    (tmp_path / "empty").touch()
    assert yamlio.read(tmp_path / "empty") == (b"", [])
    status = Path("/proc/self/status")
    if status.exists():
        assert yamlio.read(status)[0].startswith(b"Name:")
    assert yamlio.read(tmp_path / "none")[1][0].message == "the file cannot be read: No such file or directory"
    assert yamlio.read(tmp_path)[1][0].message == "this is no regular file"
