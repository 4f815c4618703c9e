"""What the functions made from templates write is what the emitter writes of the same objects."""

from __future__ import annotations

import copy
from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import given, settings

from pggitops import modelling, pipeline, render, schema, template, yamlio
from pggitops.generate import texts
from pggitops.model import Environment, Layout, Manifest
from pggitops.templates.texts import WRITERS
from strategies import RELAXED, beginnings, environments


def manifests(environment: Environment) -> Iterator[Manifest]:
    """All there can be of an environment, with something in each folder and with nothing."""
    yield from render.render(environment, schema.list_keys(environment.operator.version))
    everything = frozenset(
        ["", "operator", *environment.clusters, *(f"{name}/secrets" for name in environment.clusters)]
    )
    for folders in (everything, frozenset(environment.clusters)):
        yield from render.render_delivery(environment, Layout(folders))


def containers(value: Any) -> Iterator[Any]:
    """All maps and lists in a value that hold something."""
    if value and isinstance(value, (dict, list)):
        yield value
        for each in value.values() if isinstance(value, dict) else value:
            yield from containers(each)


def agree(name: str, document: dict[str, Any]) -> set[str]:
    """What is written is the same, and nothing shared stands in a policy twice; the templates that were tried."""
    tried = set()
    for manifest in manifests(modelling.build(name, document)):
        # of a copy nothing is remembered
        expected = render.HEADER + yamlio.dump(copy.deepcopy(manifest.document))
        assert pipeline.text_of(manifest).decode() == expected, manifest.path
        if manifest.template.startswith("networkpolicy-"):
            parts = list(containers(manifest.document))
            assert len(parts) == len({id(part) for part in parts}), manifest.path
        if not manifest.is_patched:
            tried.add(manifest.template)
    return tried


def test_every_template_of_an_environment_is_tried() -> None:
    tried = set[str]().union(*(agree(name, document) for name, document in beginnings().items()))
    assert tried == set(WRITERS)


@settings(RELAXED, max_examples=60)
@given(document=environments())
def test_written_and_dumped_agree_on_any_environment(document: dict[str, Any]) -> None:
    agree("any", document)


@pytest.mark.fuzz
@settings(RELAXED, max_examples=3000, derandomize=False)
@given(document=environments())
def test_written_and_dumped_agree_on_many_environments(document: dict[str, Any]) -> None:
    agree("any", document)


def test_what_a_patch_has_changed_is_written_whole() -> None:
    name, document = copy.deepcopy(next(iter(beginnings().items())))
    cluster = next(iter(document["clusters"].values()))
    cluster["patch"] = [{"spec": {"added": 1, "tlsOnly": None}, "metadata": {"labels": {"a": "b"}}}]
    patched = [one for one in manifests(modelling.build(name, document)) if one.is_patched]
    assert [one.template for one in patched] == ["perconapgcluster"]
    assert pipeline.text_of(patched[0]).decode() == render.HEADER + yamlio.dump(patched[0].document)


TREES = {
    "a hole": ({"a": template._holes("{{ x }}")}, {"a": "yes"}),
    "text around it": ({"a": template._holes("b{{ x }}c")}, {"a": "b: c"}),
    "may go, and is there": ({"a": template._holes("{{ or_omit(x) }}"), "b": 1}, {"a": [], "b": 1}),
    "may go, and is gone": ({"a": template._holes("{{ or_omit(x) }}"), "b": 1}, {"b": 1}),
    "a map of nothing": ({"m": {"a": template._holes("{{ or_omit(x) }}")}}, {"m": {}}),
    "deep in lists": (
        {"l": [1, {"a": [{"b": template._holes("{{ x }}")}, "c"]}]},
        {"l": [1, {"a": [{"b": None}, "c"]}]},
    ),
    "holes as items": ({"l": [template._holes("{{ x }}"), {"a": 1}]}, {"l": [[1, 2], {"a": 1}]}),
    "what begins an item may go, and is gone": (
        {"l": [{"a": template._holes("{{ or_omit(x) }}"), "b": 1}]},
        {"l": [{"b": 1}]},
    ),
    "an item of nothing": ({"l": [{"a": template._holes("{{ or_omit(x) }}")}]}, {"l": [{}]}),
    "constants of every kind": (
        {"l": [[1, ["a"]], {}], "s": "a\nb\n", "t": "yes", "n": None, "x": template._holes("{{ x }}")},
        {"l": [[1, ["a"]], {}], "s": "a\nb\n", "t": "yes", "n": None, "x": {"lines": "a\nb\n"}},
    ),
    "an empty line in a text": ({"m": {"l": [{"a": template._holes("{{ x }}")}, "b\n\nc\n"], "s": "d\n\ne"}},) * 2,
    "keys that are no names": ({"a/b": {"c.d": template._holes("{{ x }}")}, "if": {"y": template._holes("{{ x }}")}},)
    * 2,
    "one key twice": ({"a": {"k": {"v": template._holes("{{ x }}")}}, "k": {"v": template._holes("{{ x }}")}},) * 2,
}


@pytest.mark.parametrize("name", TREES)
def test_the_forms_of_a_template(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    tree, document = TREES[name]
    if tree is document:
        document = filled(tree)
    monkeypatch.setattr(template, "parse", lambda name: tree)
    made: dict[str, Any] = {"Any": Any, **vars(yamlio)}
    exec(texts._Writer({}).source("some"), made)
    assert made["some"](document) == render.HEADER + yamlio.dump(document)


def filled(tree: Any) -> Any:
    """A template's tree with a number in each hole."""
    if isinstance(tree, dict):
        return {key: filled(item) for key, item in tree.items()}
    if isinstance(tree, list):
        return [filled(item) for item in tree]
    return 7 if isinstance(tree, template.Hole) else tree
