"""What the compiled templates make is what Jinja2 makes of the same templates."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import jinja2
import pytest

from fleets import documents
from pggitops import generate, model, render, schema, template, trace
from pggitops.errors import CannotGoOn
from pggitops.findings import Path as Steps


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


def plain(value: Any) -> Any:
    """A value without what it knows of its source."""
    for kind in (bool, int, float, str):
        if isinstance(value, kind):
            return kind(value) if kind is not str else str.__str__(value)
    return value


@pytest.mark.parametrize("name", documents())
def test_compiled_and_plain_agree(name: str) -> None:
    document = documents()[name]
    environment = model.build(name, document)
    keys = schema.list_keys(environment.operator.version)
    for manifest in render.render(environment, keys):
        assert rebuilt(trace.trace(environment, manifest, keys)) == manifest.document, manifest.path


def test_the_operator_of_a_target_agrees() -> None:
    environment = model.build("staging", documents()["staging"])
    for watch in ([], ["a", "b"]):
        for manifest in render.render_operator(environment, watch):
            assert rebuilt(trace.trace(environment, manifest, {}, watch)) == manifest.document, manifest.path


def test_every_template_is_rendered_somewhere() -> None:
    tables = (
        render.ENVIRONMENT_TEMPLATES,
        render.OPERATOR_TEMPLATES,
        render.CLUSTER_TEMPLATES,
        render.TARGET_TEMPLATES,
    )
    assert {one.name for table in tables for one in table} == set(template.names())


def test_generated_files_are_up_to_date() -> None:
    for path, make in generate.GENERATED:
        assert (generate.ROOT / path).read_text() == make(), f"{path} is stale: run `make generate`"


@pytest.mark.parametrize(
    "text",
    ["{{ environment.name | upper }}", "{% if x %}{% endif %}", "{{ environment[0] }}", "{{ a + b }}", "{{ f(x=1) }}"],
)
def test_what_templates_may_not_use(text: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "one.yaml").write_text(f'kind: "{text}"\n')
    monkeypatch.setattr(template, "FOLDER", tmp_path)
    template.parse.cache_clear()
    with pytest.raises((CannotGoOn, jinja2.TemplateSyntaxError)):
        template.compile_python("one")
    template.parse.cache_clear()


def test_an_undefined_name_is_an_error() -> None:
    hole = next(leaf for _, leaf in template.leaves(template.parse("namespace")) if isinstance(leaf, template.Hole))
    with pytest.raises(jinja2.UndefinedError):
        template.evaluator(hole)(cluster=None)
