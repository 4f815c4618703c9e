"""Ready manifests of any shape: whatever stands at whatever place is a finding or is fine, and never an exception."""

from __future__ import annotations

import copy
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from pggitops import pipeline, schema, yamlio
from pggitops.compose import Sources
from pggitops.findings import Path as Steps
from pggitops.pipeline import Settings
from pggitops.sandbox import Sandbox
from strategies import places
from test_beyond import MANIFESTS
from test_policies import STANDARD, TODAY

SERVICE = yaml.safe_load("""
apiVersion: v1
kind: Service
metadata: {name: front, namespace: shop-db}
spec:
  type: LoadBalancer
  selector: {postgres-operator.crunchydata.com/cluster: shop, postgres-operator.crunchydata.com/role: pgbouncer}
  ports: [{port: 5432, targetPort: 5432}]
  loadBalancerSourceRanges: [10.0.0.0/8]
""")
EVERY = [*MANIFESTS, SERVICE]
SHAPES: list[Any] = [None, [], {}, ["x"], {"a": 1}, 7, "", True, [None], [["x"]], {"a": None}]


def spoilt(document: Any, shapes: list[Any]) -> Iterator[tuple[Steps, Any]]:
    """The document with each of the shapes at each of its places, but for what says which kind it is."""
    for path, value in places(document):
        if path in (("apiVersion",), ("kind",), ("metadata",), ("metadata", "name")):
            continue
        for shape in shapes:
            if json.dumps(shape) != json.dumps(value):
                changed = copy.deepcopy(document)
                parent = changed
                for step in path[:-1]:
                    parent = parent[step]
                parent[path[-1]] = shape
                yield path, changed


@pytest.mark.parametrize("manifest", EVERY, ids=lambda manifest: str(manifest["kind"]))
def test_the_checks_of_a_manifest_take_any_shape(manifest: dict[str, Any]) -> None:
    for _, document in spoilt(manifest, SHAPES):
        assert isinstance(schema.check_manifest(document, "3.0.0", None), list)


@pytest.mark.parametrize("manifest", EVERY, ids=lambda manifest: str(manifest["kind"]))
def test_the_policies_take_any_shape_the_schema_takes(manifest: dict[str, Any], tmp_path: Path) -> None:
    folder = tmp_path / "environments" / "env"
    (folder / "manifests").mkdir(parents=True)
    (folder / "environment.yaml").write_text(yamlio.dump(STANDARD))
    file, settings = folder / "manifests" / "ready.yaml", Settings(tmp_path, TODAY)
    judged = 0
    with Sandbox([]) as sandbox:
        for path, document in spoilt(manifest, [None, [], {}]):
            if any(found.severity is None for found in schema.check_manifest(document, "3.0.0", None)):
                continue
            judged += 1
            file.write_text(yamlio.dump({**document, "metadata": {**document["metadata"], "name": "ready"}}))
            [built] = pipeline.build(settings, Sources(tmp_path), sandbox, ["env"])
            assert built.summary is not None, path
    assert judged


@pytest.mark.parametrize("written", ["yes", "off", "0x1F", "1_000"])
def test_a_scalar_is_what_it_is_to_the_server(written: str, tmp_path: Path) -> None:
    folder = tmp_path / "environments" / "env"
    (folder / "manifests").mkdir(parents=True)
    (folder / "environment.yaml").write_text(yaml.safe_dump(STANDARD | {"namespace": "env-db"}))
    text = f"apiVersion: v1\nkind: ConfigMap\nmetadata: {{name: a, namespace: env-db}}\ndata:\n  key: {written}\n"
    (folder / "manifests" / "a.yaml").write_text(text)
    with Sandbox([]) as sandbox:
        [built] = pipeline.build(Settings(tmp_path, TODAY), Sources(tmp_path), sandbox, ["env"])
    places = [(one.place.file, one.place.line, one.place.column) for one in built.findings if one.stops]
    assert places == [("environments/env/manifests/a.yaml", 5, 8)]
    assert [one.fix for one in built.findings if one.stops] == [f'Quote it: `key: "{written}"`.']
    assert built.outputs is not None
    assert built.outputs["env"]["a.yaml"] == text.encode()


def test_a_key_that_is_none_to_the_server_is_told(tmp_path: Path) -> None:
    folder = tmp_path / "environments" / "env"
    (folder / "manifests").mkdir(parents=True)
    (folder / "environment.yaml").write_text(yaml.safe_dump(STANDARD | {"namespace": "env-db"}))
    text = 'apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a, namespace: env-db}\ndata:\n  n: "1"\n  "off": "1"\n'
    (folder / "manifests" / "a.yaml").write_text(text)
    with Sandbox([]) as sandbox:
        [built] = pipeline.build(Settings(tmp_path, TODAY), Sources(tmp_path), sandbox, ["env"])
    told = [
        (one.place.line, one.place.column, one.fix) for one in built.findings if one.policy == "manifest-key-renamed"
    ]
    assert told == [(5, 3, 'Quote it: `"n"`.')]


def test_a_large_file_has_places_too(tmp_path: Path) -> None:
    """More than an overlay may have, less than a ready manifest: the finding still has its line."""
    folder = tmp_path / "environments" / "env"
    (folder / "manifests").mkdir(parents=True)
    (folder / "environment.yaml").write_text(yamlio.dump(STANDARD))
    text = (
        "# "
        + "x" * 1_500_000
        + "\napiVersion: v1\nkind: ConfigMap\nmetadata: {name: a, namespace: shop-db}\ndota: {}\n"
    )
    (folder / "manifests" / "large.yaml").write_text(text)
    with Sandbox([]) as sandbox:
        [built] = pipeline.build(Settings(tmp_path, TODAY), Sources(tmp_path), sandbox, ["env"])
    assert [(found.place.line, found.policy) for found in built.findings if found.stops] == [
        (5, "manifest-unknown-key")
    ]
