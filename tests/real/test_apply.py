"""Every custom resource that is rendered, applied as it is: taken, and a second time nothing changes."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import yaml
from api_server import OPERATORS, Server
from processes import ROOT

from pggitops.kinds import NATIVE_GROUPS

FLEETS = (ROOT / "rendered", ROOT / "tests" / "golden" / "fleet" / "rendered")

NOT_CUSTOM = NATIVE_GROUPS | {"kustomize.config.k8s.io"}
"""What Kubernetes itself serves, and what only kustomize reads."""


@dataclass(frozen=True)
class Resource:
    """One object of a file: the text that is applied, and what it says."""

    file: Path
    text: bytes
    document: dict[str, Any]


def resources() -> Iterator[Resource]:
    for fleet in FLEETS:
        for file in sorted(fleet.rglob("*.yaml")):
            for text in re.split(rb"(?m)^---$", file.read_bytes()):
                document = yaml.safe_load(text)
                if document and document["apiVersion"].rpartition("/")[0] not in NOT_CUSTOM:
                    yield Resource(file, text, document)


RESOURCES = list(resources())


def judged_by(operator: str) -> list[Resource]:
    """The operator's own objects of this version, and on the newest also everybody else's."""
    default = operator if operator == OPERATORS[-1] else None
    return [each for each in RESOURCES if each.document["spec"].get("crVersion", default) == operator]


def test_every_custom_resource_is_judged() -> None:
    judged = [each for operator in OPERATORS for each in judged_by(operator)]
    assert sorted(judged, key=str) == sorted(RESOURCES, key=str)
    assert {each.document["kind"] for each in RESOURCES} >= {"PerconaPGCluster", "Application", "Kustomization"}


def test_what_is_rendered_is_accepted_and_a_second_time_changes_nothing(api: Server) -> None:
    """Between the two its controller has seen it: Flux's kinds have a default status, which that write brings."""
    for each in judged_by(api.operator):
        first = api.apply(each.text, each.document)
        seen = api.write_status(each.document)
        second = api.apply(each.text, each.document)
        for answer in (first, seen, second):
            assert answer.accepted, f"{each.file}: {answer.message}"
        for word in ("resourceVersion", "generation"):
            assert seen.document["metadata"][word] == second.document["metadata"][word], f"{each.file}: {word}"
        assert first.document["metadata"]["generation"] == second.document["metadata"]["generation"], each.file


# Per case: what is added to a cluster's spec, and what the server says of it. Without these, a server that takes
# everything would pass.
REFUSED = {
    "a key nobody knows": (b"  nonsense: 1\n", "nonsense: field not declared in schema"),
    "a key twice": (b"  pause: true\n  pause: true\n", '"pause" already set in map'),
    "a wrong type": (b"  unmanaged: 1\n", "spec.unmanaged: expected boolean"),
}


@pytest.mark.parametrize("case", REFUSED)
def test_what_is_wrong_is_refused(api: Server, case: str) -> None:
    written, words = REFUSED[case]
    (cluster,) = [each for each in RESOURCES if each.file.name == "perconapgcluster-demo.yaml"]
    head, spec, rest = cluster.text.partition(b"\nspec:\n")
    answer = api.apply(head + spec + written + rest, cluster.document, dry_run=True)
    assert not answer.accepted
    assert words in answer.message
