"""The verdict on the first few documents: what it takes, the compiled schema takes too, and it takes what is good."""

from __future__ import annotations

import functools
import json
from pathlib import Path
from typing import Any

import jsonschema_rs
import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from pggitops import schema, vocabulary
from pggitops.kinds import schema_file
from pggitops.schema import beyond
from pggitops.schema.verdict import FEW, takes, verdict_of
from samples import filled
from test_beyond import MANIFESTS, kind_of, reworded
from test_schema import spoilt

ROOT = Path(__file__).parent.parent
RENDERED = sorted((ROOT / "rendered").glob("[!.]*/**/*.yaml"))


@functools.cache
def compiled(text: str) -> Any:
    return jsonschema_rs.validator_for(json.loads(text)).is_valid


@functools.cache
def tree_of(text: str) -> beyond.Node:
    return beyond.tree(json.loads(text))


def agrees(whole: dict[str, Any], document: Any) -> bool:
    return not takes(whole, document) or compiled(json.dumps(whole))(document)


@pytest.mark.parametrize("form", vocabulary.FORMS)
@given(st.data())
@settings(max_examples=60, deadline=None)
def test_overlays(form: str, data: st.DataObject) -> None:
    whole = schema.runtime_schema(form)
    document = filled(form, data.draw(st.integers(0, 3)))
    assert takes(whole, document)
    assert agrees(whole, data.draw(spoilt(document)))


@pytest.mark.parametrize("manifest", MANIFESTS, ids=lambda manifest: str(manifest["kind"]))
@given(st.data())
@settings(max_examples=40, deadline=None)
def test_manifests(manifest: dict[str, Any], data: st.DataObject) -> None:
    kind = kind_of(manifest)
    document = data.draw(spoilt(data.draw(reworded(manifest))))
    assert takes(kind, manifest)
    assert agrees(kind, document)
    by_tree = list(beyond.violations(tree_of(json.dumps(kind)), document))
    assert sorted(map(repr, beyond.looked(kind, document))) == sorted(map(repr, by_tree))


@pytest.mark.parametrize("file", RENDERED, ids=lambda file: str(file.relative_to(ROOT / "rendered")))
def test_what_is_rendered_needs_no_compiled_schema(file: Path) -> None:
    document = yaml.load(file.read_text(), Loader=yaml.CSafeLoader)
    group, _, version = document["apiVersion"].rpartition("/")
    name = schema_file(group, document["kind"], version, "3.0.0")
    if (ROOT / "schemas" / "kinds" / name).is_file():
        kind = json.loads((ROOT / "schemas" / "kinds" / name).read_bytes())
        assert takes(kind, document)
        assert list(beyond.looked(kind, document)) == []


VALUES: list[Any] = [None, True, False, 0, 1, 2, 1.0, 1.5, "", "a", "b", "ab\n", "é", "1", [], [1], ["a", "a"], {}]
VALUES += [{"a": 1}, {"a": "b", "b": None}, {"b": "a"}]
WORDS: dict[str, list[Any]] = {
    "type": ["null", "boolean", "integer", "number", "string", "array", "object", ["string", "null"], ["number"]],
    "const": ["a", None, 1, True, 1.0, {}],
    "enum": [["a", "b"], [None, "a"], [1, "a"], [True]],
    "pattern": ["^a$", "^[a-b]+$", "b", "."],
    "format": ["int32", "date-time", "ipv4"],
    "minLength": [0, 1],
    "maxLength": [0, 1],
    "minItems": [1],
    "maxItems": [1],
    "minProperties": [1],
    "maxProperties": [1],
    "minimum": [1],
    "exclusiveMinimum": [1],
    "maximum": [1, 1.5],
    "required": [[], ["a"], ["a", "b"]],
    "uniqueItems": [True],
    "multipleOf": [2],
    "patternProperties": [{"^a": False}],
}


def schemas(below: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    words: dict[str, st.SearchStrategy[Any]] = {
        **{word: st.sampled_from(demands) for word, demands in WORDS.items()},
        **dict.fromkeys(("items", "additionalProperties", "propertyNames", "not", "if", "then", "else"), below),
        **dict.fromkeys(("allOf", "anyOf", "oneOf"), st.lists(below, min_size=1, max_size=2)),
        "properties": st.dictionaries(st.sampled_from(["a", "b"]), below, max_size=2),
        "$ref": st.sampled_from(["#/$defs/one", "#/$defs/two"]),
        "default": st.just(1),
    }
    return st.sets(st.sampled_from(sorted(words)), max_size=3).flatmap(
        lambda chosen: st.fixed_dictionaries({word: words[word] for word in sorted(chosen)})
    )


SCHEMAS = st.recursive(st.booleans() | schemas(st.booleans()), schemas, max_leaves=4)


@given(SCHEMAS.filter(lambda made: isinstance(made, dict)))
@settings(max_examples=400, deadline=None)
def test_any_schema(made: dict[str, Any]) -> None:
    made = {**made, "$defs": {"one": {"type": "string"}, "two": {"maxProperties": 1, "not": {"const": "a"}}}}
    for value in VALUES:
        assert agrees(made, value), value


def test_a_word_that_is_not_known_is_for_the_compiled_schema() -> None:
    assert not takes({"multipleOf": 2}, 2)
    assert not takes({"not": {"multipleOf": 2}}, 1)


def test_after_a_few_documents_the_schema_is_compiled() -> None:
    verdict = verdict_of({"type": "string", "pattern": "^a$"})
    for _ in range(FEW + 2):
        assert verdict("a")
    assert not verdict("b")
    assert not verdict_of({"type": "string"})(1)
