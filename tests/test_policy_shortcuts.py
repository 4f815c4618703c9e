"""Where policies leave early or share what is worked out once, that is held against the long way."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pggitops import pgbackrest, pod_security, schema
from pggitops.compose import Sources, environment_names
from pggitops.parts.secrets import needed
from pggitops.pgbackrest import Written, known
from pggitops.pipeline import Settings, prepare, render_into
from pggitops.placing import Context
from pggitops.policies import concern
from pggitops.sandbox import Sandbox
from pggitops.secret_sources import sources
from test_policies import ROOT, judged

STORES = {"s3": {"bucket": "a"}, "gcs": {"bucket": "a"}, "azure": {"container": "a"}, "volume": {}}
VALUES = (
    *("", "y", "n", "4", "0", "-1", "128MiB", "30m", "a=b", "aes-256-cbc", "none", "zst", "count", "time", "auto"),
    *("/", "/backups", "/backups/shop", "/etc/pgbackrest/key", "//backups", "/a//b", "backups", " /backups", "web-id"),
)


def option_names() -> list[str]:
    names = [*known(), "repo-1-path", "repo9-path", "compress_level", "no-online", "repo1_path", "spool-pathh"]
    for name, facts in known().items():
        if facts["group"]:
            names += [name.replace("-", f"{number}-", 1) for number in (1, 2, 3)]
    return sorted(names)


def resource(stores: list[str], options: Mapping[str, str]) -> dict[str, Any]:
    repos = [{"name": f"repo{number}", store: STORES[store]} for number, store in enumerate(stores, 1)]
    return {"spec": {"backups": {"pgbackrest": {"repos": repos, "global": dict(options)}}}}


@settings(max_examples=400, deadline=None)
@given(
    st.lists(st.sampled_from(sorted(STORES)), min_size=1, max_size=3),
    st.dictionaries(st.sampled_from(option_names()), st.sampled_from(VALUES), max_size=12),
)
def test_the_problems_of_options_are_those_of_each_by_itself(stores: list[str], options: dict[str, str]) -> None:
    made = resource(stores, options)
    written = Written(options, dict(pgbackrest.stores_of(made)))
    each = [pgbackrest._problem(name, value, written) for name, value in options.items()]
    assert pgbackrest.problems(made) == tuple(problem for problem in each if problem)


@pytest.mark.parametrize("store", sorted(STORES))
def test_the_problem_of_an_option_alone_is_its_own_whatever_was_judged_before(store: str) -> None:
    for name in option_names():
        for value in VALUES:
            problem = pgbackrest._problem(name, value, Written({name: value}, {1: _type(store)}))
            found = pgbackrest.problems(resource([store], {name: value}))
            assert found == ((problem,) if problem else ()), (name, value)


def _type(store: str) -> str:
    return "posix" if store == "volume" else store


def rendered() -> Iterator[Context]:
    """The environments of the example and golden fleets, with their manifests."""
    for root in (ROOT, ROOT / "tests" / "golden" / "fleet"):
        now, sources = Settings(root), Sources(root)
        with Sandbox(now.own.files) as sandbox:
            for name in environment_names(root):
                context = prepare(now, sources, name)
                if isinstance(context, Context):
                    render_into(now, context, sandbox)
                    yield context


def test_templates_give_no_namespace_to_what_has_none_and_admit_what_they_run() -> None:
    count = 0
    for context in rendered():
        version, clusters = context.environment.operator.version, context.environment.clusters
        for manifest in context.manifests.values():
            document = manifest.document
            if not manifest.template or (manifest.cluster and clusters[manifest.cluster].patch):
                continue
            count += 1
            if "namespace" in document["metadata"]:
                assert schema.scope(document, version, context.root) == "Namespaced", manifest.path
            if document["kind"] in pod_security.KINDS:
                assert not list(pod_security.refused(document, "restricted")), manifest.path
            if document["kind"] == "PerconaPGCluster":
                holders = [document["spec"]["proxy"]["pgBouncer"], *document["spec"]["instances"]]
                assert not any(word in holder for holder in holders for word in ("sidecars", "initContainers"))
    assert count > 50


def test_what_is_rendered_of_a_secret_has_all_its_keys() -> None:
    count = 0
    for context in rendered():
        wanted = {one.name: one for one in needed(context.environment)}
        for source in sources(context.manifests.items()):
            if not source.file:
                count += 1
                assert source.keys is not None
                assert source.keys >= wanted[source.name].keys.keys(), source.manifest
    assert count > 20


def test_where_looking_for_problems_fails_the_policies_are_asked(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fails(given: Any) -> Any:
        raise KeyError("spec")

    parameters = {"shared_bufers": "1GB", "work_mem": "4 mb"}
    case = {"overlay": {"clusters": {"shop": {"postgres": {"parameters": parameters}}}}}
    before = judged(tmp_path / "before", case)
    assert {"parameter-unknown", "parameter-wrong-value"} <= {finding.policy for finding in before}
    for areas in (concern._OF_ENVIRONMENTS, concern._OF_RESOURCES, concern._WRITTEN):
        for area in areas:
            monkeypatch.setitem(areas, area, fails)  # type: ignore[arg-type]
    assert [_said(finding) for finding in judged(tmp_path / "after", case)] == [_said(finding) for finding in before]


def _said(finding: Any) -> tuple[str, ...]:
    return finding.policy, finding.message, finding.path
