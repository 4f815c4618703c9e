"""How layers meet: RFC 7396 and its laws, and nulls against everything they can delete."""

from __future__ import annotations

import copy
from typing import Any

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from pggitops.compose.merge import expanded, fold, merge, whole
from pggitops.patch import apply

RFC = [
    ({"a": "b"}, {"a": "c"}, {"a": "c"}),
    ({"a": "b"}, {"b": "c"}, {"a": "b", "b": "c"}),
    ({"a": "b"}, {"a": None}, {}),
    ({"a": "b", "b": "c"}, {"a": None}, {"b": "c"}),
    ({"a": ["b"]}, {"a": "c"}, {"a": "c"}),
    ({"a": "c"}, {"a": ["b"]}, {"a": ["b"]}),
    ({"a": {"b": "c"}}, {"a": {"b": "d", "c": None}}, {"a": {"b": "d"}}),
    ({"a": [{"b": "c"}]}, {"a": [1]}, {"a": [1]}),
    (["a", "b"], ["c", "d"], ["c", "d"]),
    ({"a": "b"}, ["c"], ["c"]),
    ({"a": "foo"}, None, None),
    ({"a": "foo"}, "bar", "bar"),
    ({"e": None}, {"a": 1}, {"e": None, "a": 1}),
    ([1, 2], {"a": "b", "c": None}, {"a": "b"}),
    ({}, {"a": {"bb": {"ccc": None}}}, {"a": {"bb": {}}}),
]
"""The examples of the RFC's appendix."""


@pytest.mark.parametrize(("target", "patch", "result"), RFC)
def test_the_examples_of_the_rfc(target: Any, patch: Any, result: Any) -> None:
    assert merge(target, patch) == result


KEYS = st.sampled_from("abcd")
SCALARS = st.none() | st.booleans() | st.integers(0, 3) | st.sampled_from(["x", "y"])
PATCHES = st.recursive(
    SCALARS | st.lists(st.integers(0, 3), max_size=2),
    lambda inner: st.dictionaries(KEYS, inner, max_size=4),
    max_leaves=12,
)
MAPS = st.dictionaries(KEYS, PATCHES, max_size=4)


def without_nulls(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: without_nulls(item) for key, item in value.items() if item is not None}
    return value


DOCUMENTS = MAPS.map(without_nulls)


def nulls(value: Any) -> int:
    if isinstance(value, dict):
        return sum(nulls(item) for item in value.values())
    return value is None


@given(DOCUMENTS)
def test_an_empty_patch_changes_nothing(document: Any) -> None:
    assert merge(document, {}) == document


@given(DOCUMENTS, MAPS)
def test_a_patch_twice_is_a_patch_once(document: Any, patch: Any) -> None:
    once = merge(document, patch)
    assert merge(once, patch) == once


@given(DOCUMENTS, MAPS)
def test_nulls_never_survive(document: Any, patch: Any) -> None:
    assert nulls(merge(document, patch)) == 0


@given(DOCUMENTS, DOCUMENTS)
def test_without_nulls_the_patch_wins_everywhere(document: Any, patch: Any) -> None:
    def held(result: Any, wanted: Any) -> bool:
        if isinstance(wanted, dict):
            return all(key in result and held(result[key], item) for key, item in wanted.items())
        return bool(result == wanted)

    assert held(merge(document, patch), patch)


@given(DOCUMENTS, MAPS)
def test_what_the_patch_does_not_name_stays(document: Any, patch: Any) -> None:
    result = merge(document, patch)
    assert {key: result.get(key) for key in document if key not in patch} == {
        key: item for key, item in document.items() if key not in patch
    }


@given(DOCUMENTS, MAPS)
def test_nothing_is_edited_in_place(document: Any, patch: Any) -> None:
    before = copy.deepcopy((document, patch))
    merge(document, patch)
    assert (document, patch) == before


@given(st.lists(MAPS, max_size=4))
def test_folding_is_merging_in_turn(layers: list[Any]) -> None:
    expected: Any = {}
    for layer in layers:
        expected = merge(expected, layer)
    assert fold(layers).rest == expected


@given(st.lists(MAPS, max_size=3), st.lists(MAPS, max_size=3))
def test_what_is_folded_before_does_not_matter(lower: list[Any], upper: list[Any]) -> None:
    """Bases are folded once and kept; the overlay comes later."""
    assert fold(upper, fold(lower)).rest == fold([*lower, *upper]).rest


CASES = yaml.safe_load("""
null in the overlay removes a base's default:
  layers: [{defaults: {a: 1, b: 2}}, {clusters: {x: {a: null}}}]
  result: {x: {b: 2}}
null in the overlay's defaults removes a base's default:
  layers: [{defaults: {a: 1, b: 2}}, {defaults: {a: null}, clusters: {x: {}}}]
  result: {x: {b: 2}}
null in a base's cluster removes a default of the overlay:
  layers: [{clusters: {x: {a: null}}}, {defaults: {a: 1, b: 2}}]
  result: {x: {b: 2}}
a later layer gives again what an earlier one removed:
  layers: [{defaults: {a: 1}}, {clusters: {x: {a: null}}}, {clusters: {x: {a: 3}}}]
  result: {x: {a: 3}}
null then a map begins anew:
  layers: [{defaults: {m: {a: 1}}}, {clusters: {x: {m: null}}}, {clusters: {x: {m: {b: 2}}}}]
  result: {x: {m: {b: 2}}}
defaults of an upper layer lie beneath clusters of a lower one:
  layers: [{clusters: {x: {a: 1}}}, {defaults: {a: 2, b: 2}}]
  result: {x: {a: 1, b: 2}}
null for all defaults:
  layers: [{defaults: {a: 1}}, {defaults: null, clusters: {x: {b: 1}}}]
  result: {x: {b: 1}}
null for a cluster:
  layers: [{clusters: {x: {a: 1}, y: {a: 1}}}, {clusters: {x: null}}]
  result: {y: {a: 1}}
a cluster removed and written again keeps only the defaults:
  layers: [{defaults: {d: 1}}, {clusters: {x: {a: 1}}}, {clusters: {x: null}}, {clusters: {x: {b: 1}}}]
  result: {x: {d: 1, b: 1}}
null for all clusters:
  layers: [{clusters: {x: {a: 1}}}, {clusters: null}, {clusters: {y: {a: 2}}}]
  result: {y: {a: 2}}
nulls live on inside patch:
  layers: [{defaults: {patch: {spec: {a: null}}}}, {clusters: {x: {patch: {spec: {b: 1, c: null}}}}}]
  result: {x: {patch: [{spec: {a: null}}, {spec: {b: 1, c: null}}]}}
null for patch drops those of lower layers:
  layers: [{defaults: {patch: {a: 1}}}, {clusters: {x: {patch: null}}}, {clusters: {x: {patch: {b: 2}}}}]
  result: {x: {patch: [{b: 2}]}}
null for patch at the top leaves none:
  layers: [{defaults: {patch: {a: 1}}}, {clusters: {x: {a: 1, patch: null}}}]
  result: {x: {a: 1}}
a further instance set has the main one's words beneath its own:
  layers: [{defaults: {instances: {name: m, a: 1, b: 2}}}, {clusters: {x: {instances: {b: 3, sets: {s: {c: 4}}}}}}]
  result: {x: {instances: {name: m, a: 1, b: 3, sets: {s: {name: s, a: 1, b: 3, c: 4}}}}}
null in a set removes the main one's word:
  layers: [{clusters: {x: {instances: {a: 1, wal: {s: 1}, sets: {s: {wal: null}}}}}}]
  result: {x: {instances: {a: 1, wal: {s: 1}, sets: {s: {name: s, a: 1}}}}}
null removes a set of a base:
  layers:
  - defaults: {instances: {a: 1, sets: {s: {b: 1}, t: {b: 2}}}}
  - clusters: {x: {instances: {sets: {s: null}}}}
  result: {x: {instances: {a: 1, sets: {t: {name: t, a: 1, b: 2}}}}}
""")


@pytest.mark.parametrize("name", CASES)
def test_clusters_and_defaults(name: str) -> None:
    layers, result = CASES[name]["layers"], CASES[name]["result"]
    for split in range(len(layers) + 1):
        below = fold(layers[:split])
        # what bases make together is kept, and many environments are laid over it
        assert [whole(fold(layers[split:], below))["clusters"] for _ in range(2)] == [result, result]


@given(DOCUMENTS, st.lists(MAPS, max_size=3))
def test_patches_in_turn_are_what_layers_mean(manifest: dict[str, Any], patches: list[dict[str, Any]]) -> None:
    """A null inside a patch meets the manifest, whichever layer it came from."""
    made = whole(fold({"clusters": {"x": {"patch": patch}}} for patch in patches))["clusters"]
    result = manifest
    for patch in made.get("x", {}).get("patch", []):
        result = apply(result, patch, {})
    expected = manifest
    for patch in patches:
        expected = merge(expected, patch)
    assert result == expected


def test_short_forms_are_written_out() -> None:
    layer = {"namespace": "a", "policies": {"p": "off", "q": {"severity": "error", "share": 1}}, "tier": "x"}
    assert expanded(layer) == {
        "namespace": {"name": "a"},
        "policies": {"p": {"severity": "off"}, "q": {"severity": "error", "share": 1}},
        "tier": "x",
    }
    assert layer["namespace"] == "a"
