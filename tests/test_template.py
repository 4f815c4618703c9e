"""What the compiled templates make is what Jinja2 makes of the same templates."""

from __future__ import annotations

import inspect
import json
import types
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, cast

import jinja2
import pytest
from hypothesis import given, settings

from pggitops import modelling, render, schema, template, trace, units
from pggitops.errors import CannotGoOn
from pggitops.findings import Path as Steps
from pggitops.model import DeliveredTarget, Delivery, Environment, Layout, Project, SyncWindow
from pggitops.parts import FUNCTIONS, omission
from pggitops.templates import compiled as of_templates
from strategies import RELAXED, beginnings, environments


def rebuilt(leaves: dict[Steps, trace.Leaf]) -> Any:
    """A document from its leaves."""
    if set(leaves) == {()}:
        return plain(leaves[()].value)
    groups: dict[str | int, dict[Steps, trace.Leaf]] = {}
    for path, leaf in leaves.items():
        groups.setdefault(path[0], {})[path[1:]] = leaf
    if all(isinstance(key, int) for key in groups):
        return [rebuilt(groups[key]) for key in sorted(groups)]
    return {key: rebuilt(group) for key, group in groups.items()}


def everywhere(environment: Environment) -> frozenset[str]:
    """The folders of an environment that has something in each."""
    return frozenset(["", "operator", *(f"{name}/secrets" for name in environment.clusters)])


def plain(value: Any) -> Any:
    """A value without what it knows of its source."""
    for kind in (bool, int, float, str):
        if isinstance(value, kind):
            return kind(value) if kind is not str else str.__str__(value)
    return value


def agree(name: str, document: dict[str, Any]) -> None:
    """What is compiled and what is traced are the same, in the same order."""
    environment = modelling.build(name, document)
    keys = schema.list_keys(environment.operator.version)
    for manifest in render.render(environment, keys):
        assert written(rebuilt(trace.trace(environment, manifest, keys))) == written(manifest.document), manifest.path
    for folders in (frozenset[str](), everywhere(environment)):
        layout = Layout(folders | frozenset(environment.clusters))
        for manifest in render.render_delivery(environment, layout):
            leaves = trace.trace(environment, manifest, keys, layout=layout)
            assert written(rebuilt(leaves)) == written(manifest.document), manifest.path
    for watch in ([], ["a", "b"]):
        for manifest in render.render_operator(environment, watch):
            leaves = trace.trace(environment, manifest, keys, watch)
            assert written(rebuilt(leaves)) == written(manifest.document), manifest.path


def written(document: Any) -> str:
    """Text that tells 1 from true and from 1.0, and one order of keys from another; what is a generator, as a list."""
    return json.dumps(document, indent=1, default=list)


@pytest.mark.parametrize("name", beginnings())
def test_compiled_and_plain_agree(name: str) -> None:
    agree(name, beginnings()[name])


@settings(RELAXED, max_examples=40)
@given(document=environments())
def test_compiled_and_plain_agree_on_any_environment(document: dict[str, Any]) -> None:
    agree("any", document)


@pytest.mark.fuzz
@settings(RELAXED, max_examples=3000, derandomize=False)
@given(document=environments())
def test_compiled_and_plain_agree_on_many_environments(document: dict[str, Any]) -> None:
    agree("any", document)


WINDOWS = (SyncWindow("deny", "@daily", "1h", applications=("*",), manual_sync=True),)
DELIVERY = (
    Delivery("argocd", "https://git.example/a.git", project="a", secret="s"),
    Delivery("argocd", "https://git.example/a.git", path="b", namespace="c"),
    Delivery("flux", "oci://registry.example/a", "v1", kube_config="k"),
)
OF_FLEET: dict[str, list[dict[str, Any]]] = {
    "delivered": [
        {"delivered": DeliveredTarget("east", delivery, "3.0.0", crds, "pg-operator")}
        for delivery in DELIVERY
        for crds in ("upstream", "vendored")
    ],
    "project": [
        {
            "project": Project(
                name, "What.", DELIVERY[0], ("x",), (("t", "n"),), (("g", "K", "n"),), (("", "C"),), windows
            )
        }
        for name in ("a", "pggitops-root")
        for windows in ((), WINDOWS)
    ],
    "folder": [{"delivery": delivery, "folder": "argocd/hub"} for delivery in DELIVERY],
    "delivery": [{"delivery": delivery} for delivery in DELIVERY],
}
"""Values for the templates that are made of several environments, by the argument that tells them."""


def jinja(tree: Any, values: dict[str, Any]) -> Any:
    """A template as Jinja2 makes it."""
    if isinstance(tree, dict):
        made = {key: jinja(item, values) for key, item in tree.items()}
        return {key: item for key, item in made.items() if item is not omission.omit}
    if isinstance(tree, list):
        return [jinja(item, values) for item in tree]
    return template.evaluator(tree)(**values) if isinstance(tree, template.Hole) else tree


def of_fleet() -> dict[str, str]:
    """The templates made of several environments, each with the argument that tells it."""
    found = {}
    for name in template.names():
        arguments = inspect.signature(getattr(of_templates, name.replace("-", "_"))).parameters
        if "environment" not in arguments:
            found[name] = next(word for word in OF_FLEET if word in arguments)
    return found


@pytest.mark.parametrize("name", of_fleet())
def test_compiled_and_plain_agree_on_the_fleet(name: str) -> None:
    for values in OF_FLEET[of_fleet()[name]]:
        made = getattr(of_templates, name.replace("-", "_"))(**values)
        arguments = {**FUNCTIONS, "omit": omission.omit, **values}
        assert written(jinja(template.parse(name), arguments)) == written(made)


def test_every_template_is_rendered_somewhere() -> None:
    tables = (
        render.ENVIRONMENT_TEMPLATES,
        render.OPERATOR_TEMPLATES,
        render.CLUSTER_TEMPLATES,
        (render.SECRET_TEMPLATE,),
        render.TARGET_TEMPLATES,
        *render.DELIVERY_TEMPLATES.values(),
    )
    assert {one.name for table in tables for one in table} | of_fleet().keys() == set(template.names())


@pytest.fixture
def one(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[[str], int]]:
    """Writes the template `one` into a folder of its own."""
    monkeypatch.setattr(template, "FOLDER", tmp_path)
    template.parse.cache_clear()
    yield lambda text: (tmp_path / "one.yaml").write_text(text)
    template.parse.cache_clear()


REFUSED = [
    "{{ environment.name | upper }}",
    "{% if x %}{% endif %}",
    "{% set x = 1 %}",
    "{{ environment[0] }}",
    "{{ a + b }}",
    "{{ not a }}",
    "{{ a and b }}",
    "{{ a != b }}",
    "{{ a is defined }}",
    "{{ f(x=1) }}",
    "{{ f(*x) }}",
    "{{ f(**x) }}",
    "{{ 1 if a }}",
    "{{ [a] }}",
    "{{ {'a': b} }}",
    "{{ a ~ b }}",
    "{{ a",
]


@pytest.mark.parametrize("text", REFUSED)
def test_what_templates_may_not_use(text: str, one: Callable[[str], int]) -> None:
    one(f'kind: "{text}"\n')
    with pytest.raises((CannotGoOn, jinja2.TemplateSyntaxError)):
        template.compile_python("one")


HOLES = [
    ("{{ cluster.pause }}", True),
    ("{{ cluster.name }}", "n"),
    ("{{ cluster.name }}-x", "n-x"),
    ("a-{{ cluster.name }}-{{ cluster.version }}", "a-n-17"),
    ("{{ cluster.name }}{{ cluster.name }}", "nn"),
    ("{{ cluster.version }}", 17),
    ("{{- cluster.version -}}", 17),
    ("{{ cluster.pause }}!", "True!"),
    ("{{ 'a' if cluster.version == 17 else 'b' }}", "a"),
    ("{{ 'a' if cluster.version == 18 else 'b' }}", "b"),
    ("{{ seconds('2h') }}", 7200),
    ("{{ or_omit(cluster.labels) }}", {"a": "b"}),
]


@pytest.mark.parametrize(("text", "value"), HOLES)
def test_what_holes_become(text: str, value: Any, one: Callable[[str], int]) -> None:
    one(f'fixed: [1, {{}}, []]\nkey: "{text}"\n')
    cluster = types.SimpleNamespace(name="n", version=17, pause=True, labels={"a": "b"})
    assert compiled(cluster) == {"fixed": [1, {}, []], "key": value}
    hole = template.parse("one")["key"]
    assert template.evaluator(hole)(cluster=cluster, **FUNCTIONS) == value


def test_a_key_without_a_value_goes(one: Callable[[str], int]) -> None:
    one('key: "{{ or_omit(cluster.labels) }}"\nother: "{{ cluster.name }}"\n')
    assert compiled(types.SimpleNamespace(name="n", labels={})) == {"other": "n"}


def compiled(cluster: Any) -> Any:
    """What the function compiled from the template `one` makes of a cluster."""
    names = {"omission": omission, "units": units, "without_omitted": omission.without_omitted, "Any": Any}
    source = f"from __future__ import annotations\n{template.compile_python('one')}"
    exec(source, names)
    return cast(Any, names["one"])(None, cluster)


@pytest.mark.parametrize("text", ["{{ nobody }}", "{{ nobody }}-x", "{{ environment.nothing }}", "{{ nothing(1) }}"])
def test_an_undefined_name_is_an_error(text: str, one: Callable[[str], int]) -> None:
    one(f'kind: "{text}"\n')
    environment = modelling.build("ready", beginnings()["ready"])
    evaluate = template.evaluator(template.parse("one")["kind"])
    with pytest.raises(jinja2.UndefinedError):
        evaluate(environment=environment)
