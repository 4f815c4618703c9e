"""What the fleet keeps of its environments."""

from __future__ import annotations

import pickle
from dataclasses import fields, replace
from pathlib import Path

import pytest

from pggitops.compose import Sources, environment_names
from pggitops.model import EnvironmentSummary
from pggitops.pipeline import Built, Settings, kinds_of, prepare, render_into, summary_of
from pggitops.sandbox import Sandbox, find
from pggitops.summaries import interned

ROOTS = (Path(__file__).parent.parent, Path(__file__).parent / "golden" / "fleet")
# what is a string, an operator's state or names the environment is small, or nobody else's
OWN = {"name", "namespace", "operator_namespace", "named_kinds", "waivers", "upgrades", "watched"}


def test_names_are_not_taken_for_what_is_kept_by_a_name() -> None:
    root = ROOTS[0]
    settings, seen = Settings(root), dict[object, object]()
    context = prepare(settings, Sources(root), "staging")
    assert not isinstance(context, Built)
    own = summary_of(context.environment)
    shared = replace(own, clusters=("shares", own.target), shares=replace(context.environment, clusters={}))
    for _ in range(2):
        kept = interned(shared, seen)
        assert (kept.clusters, kept.shares) == (shared.clusters, shared.shares)
    named = replace(own, clusters=("is", str(id(own.delivery)), repr(own.waiver_rules)))
    assert interned(named, seen).clusters == named.clusters


@pytest.mark.parametrize("root", ROOTS)
def test_what_environments_have_alike_is_held_once(root: Path) -> None:
    """Also where a worker process has sent them, each with objects of its own."""
    settings, sources = Settings(root), Sources(root)
    with Sandbox(find(root)[0]) as sandbox:
        for name in environment_names(root):
            context = prepare(settings, sources, name)
            if isinstance(context, Built):
                continue
            render_into(settings, context, sandbox)
            summary = summary_of(context.environment, kinds_of(settings, context), context.manifests)
            seen: dict[object, object] = {}
            one, other = (interned(pickle.loads(pickle.dumps(summary)), seen) for _ in range(2))
            for each in fields(EnvironmentSummary):
                value, before = getattr(one, each.name), getattr(summary, each.name)
                assert value == before or repr(value) == repr(before), f"{name}: {each.name}"
                if each.name not in OWN and not isinstance(value, str | bool | None):
                    assert value is getattr(other, each.name), f"{name}: {each.name}"
